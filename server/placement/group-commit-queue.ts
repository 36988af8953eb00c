/**
 * Group commit: the placements that arrive while a transaction is in flight are saved together by the next one.
 *
 * A lone placement waits for nothing, and under load all that waited share one transaction. Between two transactions the event loop runs once, so
 * that requests that have already arrived are read and join the next one.
 * Answers are given after the commit, never before (A1); the queue is bounded (A6); `close` finishes what was accepted (A7).
 * Called by HTTP and by sockets through `placement-use-case.ts`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PlaceRequest, RequestOutcome } from '../../lib/plan-group.ts'
import type { Clock } from '../clock.ts'
import type { Failpoints } from '../failpoints.ts'
import { shouldLog } from '../lifecycle.ts'
import type { Logger } from '../observability/log.ts'
import { writeFaultOf } from '../observability/write-watch.ts'
import { type Store, StoreError } from '../store/port.ts'
import type { PaintBudget } from './address-budget.ts'
import type { GroupCommitQueue } from './port.ts'

export interface GroupCommitQueueOptions {
  readonly store: Store
  /** Charges grow by `chargesNow`. Left out: `now`. */
  readonly clock: Clock & { readonly chargesNow?: () => number }
  readonly newGroupId: () => string
  readonly failpoints: Failpoints
  readonly logger: Logger
  /** Called after a transaction. It must not throw. */
  readonly onCommitted?: (saved: { requests: readonly PlaceRequest[]; outcomes: readonly RequestOutcome[] }) => void
  readonly bounds?: Partial<QueueBounds>
}

export interface QueueBounds {
  /** A request that would exceed this number of waiting pixels is refused as `overloaded`. */
  readonly maxQueuedPixels: number
  /** A request that waited for longer is refused as `overloaded`, because the store is slow. */
  readonly maxWaitMs: number
  /** Pixels in one transaction: enough to share its cost, and so few that the next group does not wait long. */
  readonly maxGroupPixels: number
}

const usualBounds: QueueBounds = { maxQueuedPixels: 20_000, maxWaitMs: 3_000, maxGroupPixels: 4_096 }

interface Waiting {
  readonly sinceMs: number
  readonly request: PlaceRequest
  readonly budget: PaintBudget | null
  readonly resolve: (outcome: RequestOutcome) => void
  readonly reject: (error: unknown) => void
}

const tooMany = 'Too many pixels are waiting to be saved. Nothing was changed; try again in a moment.'

/** One whose pixels were all malformed has none left, and takes its place in the queue all the same. */
const weightOf = ({ pixels }: PlaceRequest) => Math.max(1, pixels.length)

const weightOfAll = (group: readonly Waiting[]) => group.reduce((sum, { request }) => sum + weightOf(request), 0)

const refused = (code: 'overloaded' | 'unavailable', detail: string): RequestOutcome => ({
  kind: 'refused',
  refusal: { code, detail, retryAfterMs: 1_000 },
})

export const createGroupCommitQueue = (options: GroupCommitQueueOptions): GroupCommitQueue => {
  const { store, clock, failpoints, logger } = options
  const { chargesNow = clock.now } = clock
  const { maxQueuedPixels, maxWaitMs, maxGroupPixels } = { ...usualBounds, ...options.bounds }
  const queue: Waiting[] = []
  let queuedPixels = 0
  /** Transactions in a row that were not saved. */
  let failures = 0
  let running: Promise<void> | null = null
  const closing = new AbortController()

  const takeGroup = () => {
    let pixels = 0
    let count = 0
    for (const { request } of queue) {
      if (count > 0 && pixels + weightOf(request) > maxGroupPixels) break
      pixels += weightOf(request)
      count++
    }
    return queue.splice(0, count)
  }

  const refuseOverdue = () => {
    const dueMs = clock.monotonicNow() - maxWaitMs
    const count = queue.findIndex(({ sinceMs }) => sinceMs > dueMs)
    for (const { request, resolve } of queue.splice(0, count === -1 ? queue.length : count)) {
      queuedPixels -= weightOf(request)
      resolve(refused('overloaded', tooMany))
    }
  }

  const save = async (group: readonly Waiting[]) => {
    const requests = group.map(({ request, budget }) => (budget ? { ...request, allowance: budget.allowance() } : request))
    const id = options.newGroupId()
    try {
      const outcomes = await store.place({ id, requests, nowMs: clock.now(), chargesNowMs: chargesNow() })
      spendBudgets(id, group, outcomes)
      failures = 0
      await failpoints.hit('placement.before-ack')
      options.onCommitted?.({ requests, outcomes })
      for (const [index, { resolve }] of group.entries()) resolve(outcomes[index] as RequestOutcome)
    } catch (error) {
      if (error instanceof StoreError && error.code !== 'outcome_unknown') {
        failures++
        // A store that takes no writes has its own line (`write-watch.ts`).
        if (shouldLog(failures) && writeFaultOf(error) === null)
          logger.warn({ event: 'placements_not_saved', count: group.length, failures, err: error })
        const outcome = refused('unavailable', 'The board cannot be saved right now. Nothing was changed; try again in a moment.')
        for (const { resolve } of group) resolve(outcome)
      } else {
        logger.error({ event: 'placements_outcome_unknown', count: group.length, err: error })
        for (const { reject } of group) reject(error)
      }
    }
  }

  const drain = async () => {
    for (refuseOverdue(); queue.length > 0; refuseOverdue()) {
      const group = takeGroup()
      await save(group)
      queuedPixels -= weightOfAll(group)
      await nextTurn()
    }
    running = null
  }

  return {
    place(request, budget = null) {
      if (closing.signal.aborted)
        return Promise.resolve(refused('unavailable', 'The server is stopping. Nothing was changed; try again in a moment.'))
      if (queuedPixels + weightOf(request) > maxQueuedPixels) {
        return Promise.resolve(refused('overloaded', tooMany))
      }
      queuedPixels += weightOf(request)
      const answer = new Promise<RequestOutcome>((resolve, reject) =>
        queue.push({ sinceMs: clock.monotonicNow(), request, budget, resolve, reject }),
      )
      // What one caller asks for at once goes into the same transaction.
      running ??= Promise.resolve().then(drain)
      return answer
    },
    queued: () => queuedPixels,
    closing: closing.signal,
    async close() {
      closing.abort()
      await running
    },
  }
}

/** Each pixel that this group saved counts once. An answer that an idempotency key repeats holds pixels of an earlier group. */
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
