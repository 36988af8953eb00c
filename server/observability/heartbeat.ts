/**
 * This process's sign of life, once a second, and a look at the others'. One small write and one small read a second and process; with SQLite, where one
 * process has the file, both are in memory. The sign carries what the overview needs to know of this process.
 */
import { type Service, sleep } from '../lifecycle.ts'
import type { MembershipStore } from '../store/membership-port.ts'
import type { Logger } from './log.ts'
import type { Members } from './members.ts'
import { replacedMembers } from './replaced-members.ts'

export interface HeartbeatOptions {
  readonly store: Pick<MembershipStore, 'beat' | 'endBeat' | 'readHeartbeats'>
  /** Of this process, different in each of its lives. */
  readonly id: string
  readonly roles: readonly string[]
  readonly peers: Members
  readonly report: () => string
  readonly logger: Logger
  readonly now: () => number
  /** For how long a sign stands still: it is never set back. */
  readonly monotonicNow: () => number
  /** What else is looked up with each sign of life. */
  readonly onBeat?: () => Promise<void>
}

const beatEveryMs = 1_000

export class HeartbeatService implements Service {
  readonly name = 'heartbeat'
  readonly #options: HeartbeatOptions
  readonly #startedAtMs: number
  #beats = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#startedAtMs = options.now()
  }

  async run(signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        await this.step()
      } catch (error) {
        // What was known of the others stays. Whoever needs the store backs off for the same reason, and says so.
        this.#options.logger.debug({ event: 'heartbeat_failed', err: error })
      }
      await sleep(beatEveryMs, signal)
    }
    await this.#sayGoodbye().catch(() => undefined)
  }

  async step() {
    const { store, id, roles, peers, report, now, monotonicNow, onBeat } = this.#options
    this.#beats++
    await store.beat({ id, roles, beats: this.#beats, startedAtMs: this.#startedAtMs, atMs: now(), report: report() })
    peers.look(await store.readHeartbeats(), monotonicNow())
    await onBeat?.()
  }

  async #sayGoodbye() {
    const { store, id, peers } = this.#options
    // This process may not have lived long enough to know who is lost. A sign that is forgotten by mistake is given anew within a second.
    const lost = [...new Set([...peers.lost(), ...peers.unmoved()])].filter((sign) => sign.id !== id)
    const living = peers.living().filter((sign) => !lost.includes(sign))
    const forgotten = [...replacedMembers(id, { living, lost }), id]
    for (const gone of forgotten) await store.endBeat(gone)
  }
}
