/**
 * Group commit: the next transaction saves together all placements that arrived during the last one.
 *
 * A single placement never waits, unless a commit delay is set. Between two transactions the event loop runs once, so that requests that have
 * already arrived join the next one. Answers are sent after the commit (A1), the queue is bounded (A6), and `close` finishes the accepted
 * placements (A7).
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type GroupRequest, isUndo, type PlaceOutcome, type PlaceRequest, type RequestOutcome } from '../../lib/plan-group.ts'
import type { UndoneOutcome, UndoRequest } from '../../lib/plan-undo.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { Clock } from '../clock.ts'
import type { Failpoints } from '../failpoints.ts'
import { shouldLog, sleep } from '../lifecycle.ts'
import type { Logger } from '../observability/log.ts'
import { writeFaultOf } from '../observability/write-watch.ts'
import { notSaved } from '../refusals.ts'
import { type Store, StoreError } from '../store/port.ts'
import type { RequestTrace, TracedGroup } from '../telemetry/pixel-tracing.ts'
import type { PaintBudget } from './address-budget.ts'

export interface GroupCommitQueueOptions {
  readonly store: Pick<Store, 'place'>
  /** Charges grow by `chargesNow`. Left out: `now`. */
  readonly clock: Clock & { readonly chargesNow?: () => number }
  readonly newGroupId: () => string
  readonly failpoints: Failpoints
  readonly logger: Logger
  /** Called after a transaction. It must not throw. */
  readonly onCommitted?: (saved: SavedGroup) => void
  readonly bounds?: Partial<QueueBounds>
  /** How long a placement waits for others that share its transaction. Left out: 0. */
  readonly commitDelayMs?: number
}

export interface SavedGroup extends TracedGroup {
  readonly requests: readonly GroupRequest[]
}

export interface QueuedOptions {
  readonly budget?: PaintBudget | null
  readonly trace?: RequestTrace | null
}

export interface QueueBounds {
  /** A request that would exceed this number of waiting pixels is refused as `overloaded`. */
  readonly maxQueuedPixels: number
  /** Pixels in one transaction: enough to share its cost, and so few that the next group does not wait long. */
  readonly maxGroupPixels: number
}

const usualBounds: QueueBounds = { maxQueuedPixels: 20_000, maxGroupPixels: 4_096 }
/** A request that waited for longer is refused as `overloaded`, because the store is slow. */
const maxWaitMs = 3_000

interface Waiting {
  readonly sinceMs: number
  readonly request: GroupRequest
  readonly budget: PaintBudget | null
  readonly trace: RequestTrace | null
  readonly resolve: (outcome: RequestOutcome) => void
  readonly reject: (error: unknown) => void
}

/** A request whose pixels are all malformed has none left, and still counts as one. */
const weightOf = (request: GroupRequest) => Math.max(1, isUndo(request) ? request.undo.length : request.pixels.length)

type Refused = Extract<RequestOutcome, { kind: 'refused' }>

const refused = (refusal: Refusal): Refused => ({ kind: 'refused', refusal })

const retryAfterMs = 1_000
const overloaded = refused({
  code: 'overloaded',
  detail: 'Too many pixels are waiting to be saved. Nothing was changed; try again in a moment.',
  retryAfterMs,
})
const stopping = refused({
  code: 'unavailable',
  detail: 'The server is stopping. Nothing was changed; try again in a moment.',
  retryAfterMs,
})

export class GroupCommitQueue {
  readonly #options: GroupCommitQueueOptions
  readonly #bounds: QueueBounds
  readonly #queue: Waiting[] = []
  readonly #closing = new AbortController()
  #queuedPixels = 0
  /** Failed transactions in a row. */
  #failures = 0
  #running: Promise<void> | null = null

  constructor(options: GroupCommitQueueOptions) {
    this.#options = options
    this.#bounds = { ...usualBounds, ...options.bounds }
  }

  /** Aborted by `close`. Callers then stop repeating refused requests. */
  get closing() {
    return this.#closing.signal
  }

  /** Pixels that wait or are being saved. */
  queued() {
    return this.#queuedPixels
  }

  /**
   * Saves the request in one transaction with other waiting ones. A full queue and an unavailable store are refusals (`overloaded`,
   * `unavailable`, both with `retryAfterMs`). Pixels beyond the address's `budget` are refused as `rate_limited`.
   *
   * Rejects with code `outcome_unknown` only. The caller then closes the connection without an answer (A1).
   */
  place(request: PlaceRequest, options: QueuedOptions = {}): Promise<PlaceOutcome> {
    return this.#enqueue(request, options) as Promise<PlaceOutcome>
  }

  /** Undoes placements in one transaction, in the same queue and with the same refusals as `place`. */
  undo(request: UndoRequest): Promise<UndoneOutcome | Refused> {
    return this.#enqueue(request) as Promise<UndoneOutcome | Refused>
  }

  #enqueue(request: GroupRequest, { budget = null, trace = null }: QueuedOptions = {}): Promise<RequestOutcome> {
    if (this.closing.aborted) return Promise.resolve(stopping)
    if (this.#queuedPixels + weightOf(request) > this.#bounds.maxQueuedPixels) return Promise.resolve(overloaded)
    this.#queuedPixels += weightOf(request)
    const sinceMs = this.#options.clock.monotonicNow()
    const outcome = new Promise<RequestOutcome>((resolve, reject) => this.#queue.push({ sinceMs, request, budget, trace, resolve, reject }))
    // Requests of the same turn of the event loop share a transaction.
    this.#running ??= Promise.resolve().then(() => this.#drain())
    return outcome
  }

  /** Refuses new placements and waits for the accepted ones (A7). */
  async close() {
    this.#closing.abort()
    await this.#running
  }

  async #drain() {
    for (this.#refuseOverdue(); this.#queue.length > 0; this.#refuseOverdue()) {
      await this.#delay()
      const group = this.#takeGroup()
      await this.#save(group)
      for (const { request } of group) this.#queuedPixels -= weightOf(request)
      await nextTurn()
    }
    this.#running = null
  }

  /** The placements that arrived during a transaction have waited for a part of the delay already. */
  async #delay() {
    const { clock, commitDelayMs = 0 } = this.#options
    const dueMs = (this.#queue[0]?.sinceMs ?? 0) + commitDelayMs - clock.monotonicNow()
    if (dueMs > 0) await sleep(dueMs, this.closing)
  }

  #refuseOverdue() {
    const dueMs = this.#options.clock.monotonicNow() - maxWaitMs
    const count = this.#queue.findIndex(({ sinceMs }) => sinceMs > dueMs)
    for (const { request, resolve } of this.#queue.splice(0, count === -1 ? this.#queue.length : count)) {
      this.#queuedPixels -= weightOf(request)
      resolve(overloaded)
    }
  }

  #takeGroup() {
    let pixels = 0
    const end = this.#queue.findIndex(({ request }, index) => {
      pixels += weightOf(request)
      return index > 0 && pixels > this.#bounds.maxGroupPixels
    })
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end)
  }

  async #save(group: readonly Waiting[]) {
    const { store, clock, newGroupId, failpoints, onCommitted } = this.#options
    const { chargesNow = clock.now } = clock
    const requests = group.map(({ request, budget }) => (budget ? { ...request, allowance: budget.allowance() } : request))
    const id = newGroupId()
    const beganAtMs = clock.monotonicNow()
    try {
      const outcomes = await store.place({ id, requests, nowMs: clock.now(), chargesNowMs: chargesNow() })
      spendBudgets(id, group, outcomes)
      this.#failures = 0
      await failpoints.hit('placement.before-ack')
      onCommitted?.({ id, requests, outcomes, traces: group.map(({ trace }) => trace), beganAtMs })
      for (const [index, { resolve }] of group.entries()) resolve(outcomes[index] as RequestOutcome)
    } catch (error) {
      this.#fail(group, error)
    }
  }

  #fail(group: readonly Waiting[], error: unknown) {
    const { logger } = this.#options
    const count = group.length
    if (error instanceof StoreError && error.code !== 'outcome_unknown') {
      this.#failures++
      // `write-watch.ts` logs a store that refuses writes.
      if (shouldLog(this.#failures) && writeFaultOf(error) === null)
        logger.warn({ event: 'placements_not_saved', count, failures: this.#failures, err: error })
      for (const { resolve } of group) resolve(refused(notSaved))
    } else {
      logger.error({ event: 'placements_outcome_unknown', count, err: error })
      for (const { reject } of group) reject(error)
    }
  }
}

/** Each pixel of this group counts once. The outcome of a repeated idempotency key has pixels of an earlier group. */
const spendBudgets = (groupId: string, group: readonly Waiting[], outcomes: readonly RequestOutcome[]) => {
  const counted = new Set<string>()
  for (const [index, { budget }] of group.entries()) {
    const outcome = outcomes[index]
    if (!budget || outcome?.kind !== 'done') continue
    const ids = outcome.results.flatMap((result) => (result.ok ? [result.placement.id] : []))
    const saved = ids.filter((id) => id.startsWith(groupId) && !counted.has(id))
    for (const id of saved) counted.add(id)
    budget.spend(saved.length)
  }
}
