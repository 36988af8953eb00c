/**
 * Sends webhooks. Every process with the publisher role has a sender. Senders claim deliveries in the store, so several of them divide the work,
 * and what a killed one has claimed is claimed again when its lease expires.
 *
 * An endpoint has at most `maxAtOnce` attempts at a time in all processes, so a slow endpoint delays no other one.
 */
import { randomUUID } from 'node:crypto'
import { discordMessage } from '../../lib/discord-message.ts'
import { type Service, sleep } from '../lifecycle.ts'
import { RetryLoop } from '../retry-loop.ts'
import type { Store } from '../store/port.ts'
import { storeTime } from '../store/store-time.ts'
import { maxAtOnce, type WebhookDelivery, type WebhookEndpoint } from '../store/webhooks-port.ts'
import type { WorkerContext } from '../worker-context.ts'
import { type AttemptOutcome, planSettlement } from './plan-settlement.ts'
import { type Post, postOnce } from './post-once.ts'
import { signatureHeaders } from './signature.ts'

export interface WebhookSenderOptions {
  readonly store: Pick<Store, 'webhooks' | 'serverTime'>
  readonly context: WorkerContext
  readonly allowPrivate: boolean
  readonly onOutcome: (outcome: AttemptOutcome) => void
  /** How long a stop waits for the answers of endpoints. */
  readonly stopMs?: number
}

const pollMs = 1_000
/** Longer than an attempt, with time to settle it. */
const leaseMs = 30_000
const backoff = { baseMs: 500, maxMs: 10_000 }

export class WebhookSender implements Service {
  readonly name = 'webhook-sender'
  readonly #options: WebhookSenderOptions
  readonly #loop: RetryLoop
  readonly #stopping = new AbortController()
  readonly #attempts = new Set<Promise<void>>()
  readonly #running = new Map<string, number>()
  /** Until when an endpoint wants nothing, by the monotonic clock. */
  readonly #limited = new Map<string, number>()
  #wake: () => void = () => undefined

  constructor(options: WebhookSenderOptions) {
    this.#options = options
    this.#loop = new RetryLoop({ context: options.context, event: 'webhooks_back_off', backoff })
  }

  health() {
    return this.#loop.health
  }

  async run(signal: AbortSignal) {
    await this.#loop.run(signal, async (succeeded) => {
      await this.step()
      succeeded()
      await sleep(pollMs, signal, (wake) => {
        this.#wake = wake
      })
    })
    const timer = setTimeout(() => this.#stopping.abort(), this.#options.stopMs ?? 2_000)
    await this.settled()
    clearTimeout(timer)
  }

  /** Starts the attempts that are due. They go on after it has resolved. */
  async step() {
    const { store, context } = this.#options
    const nowMs = await storeTime(store, context.clock)
    const due = new Set(await store.webhooks.listDue(nowMs))
    if (due.size === 0) return
    for (const endpoint of await store.webhooks.listEndpoints()) if (due.has(endpoint.id)) await this.#start(endpoint, nowMs)
  }

  /** Resolves when no attempt runs. */
  async settled() {
    while (this.#attempts.size > 0) await Promise.all(this.#attempts)
  }

  async #start(endpoint: WebhookEndpoint, nowMs: number) {
    const { store, context } = this.#options
    const { id } = endpoint
    while ((this.#running.get(id) ?? 0) < maxAtOnce && !this.#isLimited(id)) {
      const lease = randomUUID()
      const delivery = await store.webhooks.claim({ endpoint: id, nowMs, leaseMs, lease })
      if (!delivery) return
      const attempt = this.#attempt(endpoint, delivery, lease).catch((error: unknown) => {
        // The lease expires, and the attempt is made again.
        this.#loop.noteFailure(error)
        context.logger.debug({ event: 'webhook_not_settled', delivery: delivery.id, err: error })
      })
      this.#running.set(id, (this.#running.get(id) ?? 0) + 1)
      this.#attempts.add(attempt)
      void attempt.finally(() => {
        this.#attempts.delete(attempt)
        const left = (this.#running.get(id) ?? 1) - 1
        if (left > 0) this.#running.set(id, left)
        else this.#running.delete(id)
        this.#wake()
      })
    }
  }

  #isLimited(endpoint: string) {
    const untilMs = this.#limited.get(endpoint)
    if (untilMs === undefined) return false
    if (untilMs > this.#options.context.clock.monotonicNow()) return true
    this.#limited.delete(endpoint)
    return false
  }

  async #attempt(endpoint: WebhookEndpoint, delivery: WebhookDelivery, lease: string) {
    const { store, context, onOutcome } = this.#options
    const { failpoints, clock, random, logger } = context
    const { id, format } = endpoint
    await failpoints.hit('webhook.before-send')
    const answered = await postOnce(this.#post(endpoint, delivery))
    await failpoints.hit('webhook.after-send')
    const nowMs = await storeTime(store, clock)
    const isStopping = this.#stopping.signal.aborted
    const { outcome, settlement } = planSettlement(delivery, answered, { format, nowMs, random, isStopping })
    if (outcome === 'limited') this.#limited.set(id, clock.monotonicNow() + settlement.nextAtMs - nowMs)
    if (!(await store.webhooks.settle({ ...settlement, id: delivery.id, lease }))) return
    onOutcome(outcome)
    if (outcome === 'gone') await store.webhooks.changeEndpoint(id, { enabled: false, disabledBecause: 'gone' })
    if (outcome !== 'dead' && outcome !== 'gone') return
    const { status, error } = answered
    logger.warn({ event: outcome === 'gone' ? 'webhook_disabled' : 'webhook_dead', endpoint: id, delivery: delivery.id, status, error })
  }

  #post({ url, format, ...endpoint }: WebhookEndpoint, { event: id, body: json }: WebhookDelivery): Post {
    const { allowPrivate, context } = this.#options
    const body = format === 'discord' ? discordMessage(json) : json
    // Receivers compare the timestamp with their own clocks.
    const headers = format === 'discord' ? {} : signatureHeaders(endpoint, { id, body, nowMs: context.clock.now() })
    return { url, headers, body, allowPrivate, signal: this.#stopping.signal }
  }
}
