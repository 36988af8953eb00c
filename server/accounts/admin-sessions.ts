/**
 * This process's copy of the list of open operator sessions, which is in the store. It is read each second, at the signal of another
 * process, and before each act of an operator, so a session that is ended in one process ends in all.
 *
 * While the store is unavailable, an operator can still sign in and out here, to see the cause at `/admin`. The store gets those changes
 * later.
 */
import { createHmac } from 'node:crypto'
import { createSingleFlightProbe } from '../observability/single-flight-probe.ts'
import { type AdminSession, type AdminSessionStore, maxAdminSessions } from '../store/admin-sessions-port.ts'
import type { EventStream } from '../stream/port.ts'

export const adminSessionMs = 12 * 3_600_000
/** How long an act of an operator waits for the list. After that the last list decides. */
const listWithinMs = 500

export interface AdminSessionsOptions {
  readonly store: AdminSessionStore
  readonly stream: Pick<EventStream, 'signal'>
  readonly adminToken: string
  readonly now: () => number
  /** Counts the twelve hours independently of changes of the machine's clock. */
  readonly monotonicNow: () => number
  readonly randomBytes: (count: number) => Uint8Array
}

/** A change that the store does not have yet. */
type Unsaved = { kind: 'opened'; session: AdminSession } | { kind: 'ended'; id: string } | { kind: 'ended_all' }

export class AdminSessions {
  readonly #options: AdminSessionsOptions
  readonly #tokenTag: string
  /** When each open session ends, by the monotonic clock. */
  #endsAt = new Map<string, number>()
  #unsaved: Unsaved[] = []
  #turn: Promise<void> = Promise.resolve()
  readonly #probe = createSingleFlightProbe(() => this.refresh(), listWithinMs)

  constructor(options: AdminSessionsOptions) {
    this.#options = options
    this.#tokenTag = createHmac('sha256', options.adminToken).update('fresco admin session').digest('base64url').slice(0, 22)
  }

  /** By the last list. */
  isOpen(id: string): boolean {
    const endsAt = this.#endsAt.get(id)
    return endsAt !== undefined && this.#options.monotonicNow() < endsAt
  }

  /** Reads the list first. Never rejects. */
  async check(id: string): Promise<boolean> {
    await this.#probe()
    return this.isOpen(id)
  }

  /** Returns the id of the new session. */
  async open(): Promise<string> {
    const { now, randomBytes } = this.#options
    const id = Buffer.from(randomBytes(16)).toString('hex')
    const session: AdminSession = { id, tokenTag: this.#tokenTag, expiresAtMs: now() + adminSessionMs }
    this.#note(session)
    await this.#change({ kind: 'opened', session })
    return id
  }

  async end(id: string) {
    this.#endsAt.delete(id)
    await this.#change({ kind: 'ended', id })
  }

  async endAll() {
    this.#endsAt.clear()
    await this.#change({ kind: 'ended_all' })
  }

  /** Saves the unsaved changes and reads the list, one call at a time. @throws when the store does not answer. */
  refresh(): Promise<void> {
    const turn = this.#turn.then(() => this.#refresh())
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #change(change: Unsaved) {
    this.#unsaved = [...this.#unsaved, change].slice(-maxAdminSessions)
    await this.#probe()
    this.#options.stream.signal({ kind: 'sessions' })
  }

  async #refresh() {
    const { store, now } = this.#options
    for (let change = this.#unsaved[0]; change !== undefined; change = this.#unsaved[0]) {
      await this.#save(change, now())
      this.#unsaved = this.#unsaved.filter((other) => other !== change)
    }
    const listed = await store.readAdminSessions()
    // A change during the read is newer than the list.
    if (this.#unsaved.length > 0) return
    const before = this.#endsAt
    this.#endsAt = new Map()
    for (const session of listed) this.#note(session, before)
  }

  #save(change: Unsaved, nowMs: number) {
    const { store } = this.#options
    switch (change.kind) {
      case 'opened':
        return store.saveAdminSession(change.session, nowMs)
      case 'ended':
        return store.removeAdminSession(change.id)
      case 'ended_all':
        return store.removeAllAdminSessions()
    }
  }

  #note({ id, tokenTag, expiresAtMs }: AdminSession, before: ReadonlyMap<string, number> = new Map()) {
    const { now, monotonicNow } = this.#options
    if (tokenTag !== this.#tokenTag) return
    const leftMs = Math.min(adminSessionMs, expiresAtMs - now())
    this.#endsAt.set(id, before.get(id) ?? monotonicNow() + leftMs)
  }
}
