/**
 * Records changes of the health that `/admin` shows, as events of webhooks. One process does it for all: the first publisher by id. A level counts
 * when it has stayed for some seconds, so that short outages and restarts cause no event.
 *
 * While the store does not answer, nothing can be recorded.
 */
import { randomUUID } from 'node:crypto'
import type { Overview } from '../../lib/overview.ts'
import { verdictOf } from '../../lib/verdict.ts'
import { healthEvent } from '../../lib/webhook-events.ts'
import { operationsWords } from '../../lib/words/operations-words.ts'
import { type Service, sleep } from '../lifecycle.ts'
import { RetryLoop } from '../retry-loop.ts'
import type { Heartbeat } from '../store/membership-port.ts'
import type { Store } from '../store/port.ts'
import type { HealthLevel } from '../store/webhooks-port.ts'
import type { WorkerContext } from '../worker-context.ts'

export interface HealthWatchOptions {
  readonly store: Pick<Store, 'webhooks'>
  readonly context: WorkerContext
  readonly readOverview: () => Promise<Overview>
  readonly isPaused: () => boolean
  /** The id of this process, and the heartbeats of all. */
  readonly self: string
  readonly alive: () => readonly Heartbeat[]
}

const everyMs = 1_000
/** How long a level must stay. */
export const patienceMs = 5_000
const backoff = { baseMs: 500, maxMs: 5_000 }

export class HealthWatch implements Service {
  readonly name = 'health-watch'
  readonly #options: HealthWatchOptions
  readonly #loop: RetryLoop
  #seen: { level: HealthLevel; sinceMs: number } | null = null

  constructor(options: HealthWatchOptions) {
    this.#options = options
    this.#loop = new RetryLoop({ context: options.context, event: 'health_watch_backs_off', backoff })
  }

  health() {
    return this.#loop.health
  }

  run(signal: AbortSignal) {
    return this.#loop.run(signal, async (succeeded) => {
      await this.step()
      succeeded()
      await sleep(everyMs, signal)
    })
  }

  async step() {
    const { store, context, readOverview, isPaused } = this.#options
    if (!this.#isFirst()) return this.#forget()
    const verdict = verdictOf(await readOverview(), { isSilent: false, isPaused: isPaused(), words: operationsWords })
    const nowMs = context.clock.monotonicNow()
    if (this.#seen?.level !== verdict.level) this.#seen = { level: verdict.level, sinceMs: nowMs }
    if (nowMs - this.#seen.sinceMs < patienceMs) return
    const from = await store.webhooks.getHealth()
    if (from === verdict.level) return
    const was = from ?? 'well'
    const event = healthEvent({ id: `health_${randomUUID()}`, was, verdict, atMs: context.clock.now() })
    await store.webhooks.recordHealth({ from, to: verdict.level, event: was === verdict.level ? null : event })
  }

  #isFirst() {
    const { alive, self } = this.#options
    const ids = alive().flatMap(({ id, roles }) => (roles.includes('publisher') ? [id] : []))
    return !ids.some((id) => id < self)
  }

  #forget() {
    this.#seen = null
  }
}
