/**
 * Webhook endpoints and their deliveries, a part of the store's port.
 *
 * A delivery waits until a sender claims it. The claim is a lease: when it expires before the sender settles the delivery, the delivery is due
 * again. So a delivery is made at least once, always with the same id.
 */
import { type CanvasId, noSeq, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import {
  type DeliveryState,
  safeEventId,
  type WebhookEvent,
  type WebhookFormat,
  type WebhookType,
  webhookBody,
  webhookLimits,
} from '../../lib/webhook.ts'
import { type BoardBefore, boardBefore } from '../../lib/webhook-events.ts'

export interface WebhookEndpoint {
  readonly id: string
  readonly url: string
  readonly format: WebhookFormat
  readonly types: readonly WebhookType[]
  readonly enabled: boolean
  /** `gone`: the endpoint answered that it no longer exists. Null when it is enabled, or an admin disabled it. */
  readonly disabledBecause: 'gone' | null
  /** `whsec_` and base64. Empty for Discord, which checks no signature. */
  readonly secret: string
  /** A replaced secret signs, too, until its time is over. */
  readonly formerSecret: { readonly secret: string; readonly untilMs: number } | null
  readonly createdAtMs: number
}

export type EndpointChange = Partial<Omit<WebhookEndpoint, 'id' | 'format' | 'createdAtMs'>>

/** What a sender reports about an attempt. */
export interface AttemptReport {
  /** The HTTP status. Null without an answer. */
  readonly status: number | null
  /** Why the attempt failed. Null for a success. */
  readonly error: string | null
  readonly durationMs: number
  /** The first bytes of the answer, as text. */
  readonly answer: string
}

export interface WebhookDelivery {
  /** `<endpoint>_<event>`. */
  readonly id: string
  readonly endpoint: string
  readonly event: string
  readonly type: WebhookType
  readonly body: string
  readonly createdAtMs: number
  readonly state: DeliveryState
  /** How many attempts have begun since the delivery was made or sent again. */
  readonly attempts: number
  /** When a waiting delivery is due; 0 for at once. While an attempt runs, the end of its lease. */
  readonly nextAtMs: number
  /** Null while no attempt runs. */
  readonly lease: string | null
  /** Null before the first attempt has ended. */
  readonly last: (AttemptReport & { readonly atMs: number }) | null
}

/** What webhooks have followed of a canvas's control log: the canvas after the entry `seq`. */
export interface FollowedCanvas {
  readonly seq: Seq
  readonly canvas: BoardBefore
}

export type HealthLevel = 'well' | 'waiting' | 'wrong'

export interface Claim {
  readonly endpoint: string
  readonly nowMs: number
  readonly leaseMs: number
  /** Never used before. */
  readonly lease: string
}

export interface Settlement {
  readonly id: string
  readonly lease: string
  readonly state: DeliveryState
  /** For `waiting`: when the delivery is due again. */
  readonly nextAtMs: number
  /** False when the attempt does not count. */
  readonly counts: boolean
  /** Null leaves the former report. */
  readonly report: (AttemptReport & { readonly atMs: number }) | null
}

export interface DeliveryCounts {
  readonly waiting: number
  readonly delivered: number
  readonly dead: number
}

/** Every call can be repeated after an unknown outcome, unless it says otherwise. */
export interface WebhookStore {
  /** In the order of their creation. */
  listEndpoints(): Promise<WebhookEndpoint[]>
  /** `limit`: there are `maxEndpoints` already. A repeated call finds the id in use. */
  createEndpoint(endpoint: WebhookEndpoint): Promise<'created' | 'exists' | 'limit'>
  /** Null when there is no such endpoint. */
  changeEndpoint(id: string, change: EndpointChange): Promise<WebhookEndpoint | null>
  /** Removes the endpoint with its deliveries. False when there is none. */
  removeEndpoint(id: string): Promise<boolean>

  /**
   * One transaction: saves a delivery for each enabled endpoint that wants the type, or for the endpoint `only`. An endpoint that has a delivery of
   * this event gets no other. Removes the oldest finished deliveries beyond `maxFinished`. With `maxWaiting` of them waiting, a new one is dead.
   */
  enqueue(event: WebhookEvent, options?: { only: string }): Promise<void>
  /** Null before the first entry of the canvas's control log was followed. */
  getFollowed(canvas: CanvasId): Promise<FollowedCanvas | null>
  /** One transaction: `enqueue` for each event, and the next `getFollowed`. False, and nothing is changed, when `after` is not the followed seq. */
  follow(options: { after: Seq | null; followed: FollowedCanvas; events: readonly WebhookEvent[] }): Promise<boolean>
  getHealth(): Promise<HealthLevel | null>
  /** One transaction: sets the level and enqueues the event. False, and nothing is changed, when the level is not `from`. */
  recordHealth(options: { from: HealthLevel | null; to: HealthLevel; event: WebhookEvent | null }): Promise<boolean>

  /** The enabled endpoints that have due deliveries. */
  listDue(nowMs: number): Promise<string[]>
  /**
   * Starts an attempt of the endpoint's delivery that has been due for longest. Null when none is due, the endpoint is disabled, or `maxAtOnce` attempts run
   * already. A repeated call may start another one.
   */
  claim(claim: Claim): Promise<WebhookDelivery | null>
  /** Ends an attempt. False when its lease has expired and another attempt began, which a repeated call may find, too. */
  settle(settlement: Settlement): Promise<boolean>
  /** Makes a delivery due at once, with all its attempts. Null when there is none. An attempt that runs goes on. */
  sendAgain(id: string, nowMs: number): Promise<WebhookDelivery | null>

  getDelivery(id: string): Promise<WebhookDelivery | null>
  /** Newest first. */
  listDeliveries(options: { endpoint: string; state: DeliveryState | null; limit: number }): Promise<WebhookDelivery[]>
  /** By endpoint. Endpoints without deliveries are left out. */
  countDeliveries(): Promise<Map<string, DeliveryCounts>>
}

/** Attempts of one endpoint at a time, in all processes. */
export const maxAtOnce = 2

export const followedName = (canvas: CanvasId) => `webhooks-followed/${canvas}`
/** Nothing of the new canvas's control log was followed yet. */
export const followedFromCreation = (canvas: Canvas): FollowedCanvas => ({ seq: noSeq, canvas: boardBefore(canvas) })

export const healthName = 'webhooks-health'

export const tooManyWait = 'Too many deliveries of this endpoint were waiting.'

/** `only`: for this endpoint, whatever types it wants. */
export const receives = ({ id, enabled, types }: WebhookEndpoint, { type }: WebhookEvent, only: string | null) =>
  only === null ? enabled && types.includes(type) : id === only

export const deliveryId = (endpoint: string, event: string) => `${endpoint}_${safeEventId(event)}`

/** `waiting`: how many deliveries of the endpoint wait already. */
export const planDelivery = (event: WebhookEvent, { endpoint, waiting }: { endpoint: string; waiting: number }): WebhookDelivery => {
  const isTooMuch = waiting >= webhookLimits.maxWaiting
  return {
    id: deliveryId(endpoint, event.id),
    endpoint,
    event: safeEventId(event.id),
    type: event.type,
    body: webhookBody(event),
    createdAtMs: event.atMs,
    state: isTooMuch ? 'dead' : 'waiting',
    attempts: 0,
    // At once, also when the clock of the event's process was ahead.
    nextAtMs: 0,
    lease: null,
    last: isTooMuch ? { status: null, error: tooManyWait, durationMs: 0, answer: '', atMs: event.atMs } : null,
  }
}
