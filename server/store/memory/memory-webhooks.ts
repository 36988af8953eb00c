/** Webhook endpoints and deliveries in memory. */
import type { CanvasId } from '../../../lib/brand.ts'
import { type DeliveryState, type WebhookEvent, webhookLimits } from '../../../lib/webhook.ts'
import {
  type Claim,
  type DeliveryCounts,
  deliveryId,
  type EndpointChange,
  type FollowedCanvas,
  type HealthLevel,
  maxAtOnce,
  planDelivery,
  receives,
  type Settlement,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookStore,
} from '../webhooks-port.ts'

type Transaction = <Result>(point: string, run: () => Result) => Promise<Result>

const newestFirst = (a: WebhookDelivery, b: WebhookDelivery) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1)
const dueFirst = (a: WebhookDelivery, b: WebhookDelivery) => a.nextAtMs - b.nextAtMs || newestFirst(b, a)

export class MemoryWebhooks implements WebhookStore {
  readonly #transaction: Transaction
  readonly #endpoints = new Map<string, WebhookEndpoint>()
  readonly #deliveries = new Map<string, WebhookDelivery>()
  readonly #followed = new Map<CanvasId, FollowedCanvas>()
  #health: HealthLevel | null = null

  constructor(transaction: Transaction) {
    this.#transaction = transaction
  }

  listEndpoints = () => this.#transaction('list-endpoints', () => [...this.#endpoints.values()])

  createEndpoint(endpoint: WebhookEndpoint) {
    return this.#transaction('create-endpoint', (): 'created' | 'exists' | 'limit' => {
      if (this.#endpoints.has(endpoint.id)) return 'exists'
      if (this.#endpoints.size >= webhookLimits.maxEndpoints) return 'limit'
      this.#endpoints.set(endpoint.id, endpoint)
      return 'created'
    })
  }

  changeEndpoint(id: string, change: EndpointChange) {
    return this.#transaction('change-endpoint', () => {
      const endpoint = this.#endpoints.get(id)
      if (!endpoint) return null
      const changed = { ...endpoint, ...change }
      this.#endpoints.set(id, changed)
      return changed
    })
  }

  removeEndpoint(id: string) {
    return this.#transaction('remove-endpoint', () => {
      for (const delivery of this.#of(id)) this.#deliveries.delete(delivery.id)
      return this.#endpoints.delete(id)
    })
  }

  enqueue(event: WebhookEvent, options?: { only: string }) {
    return this.#transaction('enqueue', () => this.#enqueue(event, options?.only ?? null))
  }

  getFollowed = (canvas: CanvasId) => this.#transaction('get-followed', () => this.#followed.get(canvas) ?? null)

  /** Inside a transaction. */
  setFollowed(followed: FollowedCanvas) {
    this.#followed.set(followed.canvas.id, followed)
  }

  /** Inside a transaction. */
  forget(canvas: CanvasId) {
    this.#followed.delete(canvas)
  }

  follow({ after, followed, events }: Parameters<WebhookStore['follow']>[0]) {
    return this.#transaction('follow', () => {
      if ((this.#followed.get(followed.canvas.id)?.seq ?? null) !== after) return false
      this.setFollowed(followed)
      for (const event of events) this.#enqueue(event, null)
      return true
    })
  }

  getHealth = () => this.#transaction('get-health', () => this.#health)

  recordHealth({ from, to, event }: Parameters<WebhookStore['recordHealth']>[0]) {
    return this.#transaction('record-health', () => {
      if (this.#health !== from) return false
      this.#health = to
      if (event) this.#enqueue(event, null)
      return true
    })
  }

  listDue(nowMs: number) {
    return this.#transaction('list-due', () =>
      [...this.#endpoints.values()]
        .filter(({ id, enabled }) => enabled && this.#of(id).some(({ state, nextAtMs }) => state === 'waiting' && nextAtMs <= nowMs))
        .map(({ id }) => id),
    )
  }

  claim({ endpoint, nowMs, leaseMs, lease }: Claim) {
    return this.#transaction('claim', () => {
      if (!this.#endpoints.get(endpoint)?.enabled) return null
      const waiting = this.#of(endpoint).filter(({ state }) => state === 'waiting')
      if (waiting.filter((one) => one.lease !== null && one.nextAtMs > nowMs).length >= maxAtOnce) return null
      const [next] = waiting.filter(({ nextAtMs }) => nextAtMs <= nowMs).sort(dueFirst)
      return next ? this.#save({ ...next, lease, nextAtMs: nowMs + leaseMs, attempts: next.attempts + 1 }) : null
    })
  }

  settle({ id, lease, state, nextAtMs, counts, report }: Settlement) {
    return this.#transaction('settle', () => {
      const delivery = this.#deliveries.get(id)
      if (delivery?.lease !== lease) return false
      const attempts = delivery.attempts - Number(!counts)
      this.#save({ ...delivery, state, nextAtMs, attempts, lease: null, last: report ?? delivery.last })
      return true
    })
  }

  sendAgain(id: string, nowMs: number) {
    return this.#transaction('send-again', () => {
      const delivery = this.#deliveries.get(id)
      if (!delivery || (delivery.lease !== null && delivery.nextAtMs > nowMs)) return delivery ?? null
      return this.#save({ ...delivery, state: 'waiting', nextAtMs: 0, attempts: 0, lease: null })
    })
  }

  getDelivery = (id: string) => this.#transaction('get-delivery', () => this.#deliveries.get(id) ?? null)

  listDeliveries({ endpoint, state, limit }: { endpoint: string; state: DeliveryState | null; limit: number }) {
    return this.#transaction('list-deliveries', () => {
      const wanted = this.#of(endpoint).filter((delivery) => state === null || delivery.state === state)
      return wanted.sort(newestFirst).slice(0, limit)
    })
  }

  countDeliveries() {
    return this.#transaction('count-deliveries', () => {
      const found = new Map<string, DeliveryCounts>()
      for (const { endpoint, state } of this.#deliveries.values()) {
        const counts = found.get(endpoint) ?? { waiting: 0, delivered: 0, dead: 0 }
        found.set(endpoint, { ...counts, [state]: counts[state] + 1 })
      }
      return found
    })
  }

  #of(endpoint: string): WebhookDelivery[] {
    return [...this.#deliveries.values()].filter((delivery) => delivery.endpoint === endpoint)
  }

  #save(delivery: WebhookDelivery): WebhookDelivery {
    this.#deliveries.set(delivery.id, delivery)
    return delivery
  }

  #enqueue(event: WebhookEvent, only: string | null) {
    for (const { id: endpoint } of [...this.#endpoints.values()].filter((one) => receives(one, event, only))) {
      if (this.#deliveries.has(deliveryId(endpoint, event.id))) continue
      const waiting = this.#of(endpoint).filter(({ state }) => state === 'waiting').length
      this.#save(planDelivery(event, { endpoint, waiting }))
      const finished = this.#of(endpoint).filter(({ state }) => state !== 'waiting')
      for (const { id } of finished.sort(newestFirst).slice(webhookLimits.maxFinished)) this.#deliveries.delete(id)
    }
  }
}
