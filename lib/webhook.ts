/** Webhooks: requests that Fresco sends to a host's addresses after an event (PROTOCOL.md). */

export const webhookTypes = [
  'canvas.opened',
  'canvas.closed',
  'canvas.changed',
  'announcement.published',
  'health.changed',
  'backup.failed',
  'webhook.test',
] as const
export type WebhookType = (typeof webhookTypes)[number]

/** `standard`: JSON with the signature of Standard Webhooks. `discord`: a message for a webhook of Discord. */
export const webhookFormats = ['standard', 'discord'] as const
export type WebhookFormat = (typeof webhookFormats)[number]

export const deliveryStates = ['waiting', 'delivered', 'dead'] as const
export type DeliveryState = (typeof deliveryStates)[number]

export interface WebhookEvent {
  /** The same for each repeat of the event. Becomes a part of `webhook-id`. */
  readonly id: string
  readonly type: WebhookType
  readonly atMs: number
  readonly data: object
}

export const webhookLimits = {
  maxEndpoints: 16,
  maxUrl: 2_048,
  /** For each endpoint. */
  maxWaiting: 1_000,
  /** The newest delivered and dead deliveries of each endpoint. */
  maxFinished: 1_000,
  maxBodyBytes: 32_768,
  maxEventId: 160,
  /** The first bytes of an endpoint's answer, for `/admin`. */
  maxAnswerBytes: 2_048,
  maxErrorLength: 200,
} as const

/** The part of an event's id that a header and a path can carry. The standard forbids full stops. */
export const safeEventId = (id: string) => id.replaceAll(/[^\w-]/g, '-').slice(0, webhookLimits.maxEventId)

/** The JSON body of an event. Data that is too large is left out, so that an event is never refused. */
export const webhookBody = ({ type, atMs, data }: WebhookEvent): string => {
  const timestamp = new Date(atMs).toISOString()
  const body = JSON.stringify({ type, timestamp, data })
  if (new TextEncoder().encode(body).length <= webhookLimits.maxBodyBytes) return body
  return JSON.stringify({ type, timestamp, data: { isTooLarge: true } })
}

export interface WebhookBody {
  readonly type: string
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Of a body that `webhookBody` made. */
export const decodeBody = (body: string): WebhookBody => JSON.parse(body)

/** A webhook as admins get it: without its secret. */
export interface ShownWebhook {
  readonly id: string
  readonly url: string
  readonly format: WebhookFormat
  readonly types: readonly WebhookType[]
  readonly enabled: boolean
  /** `gone`: the endpoint answered that it no longer exists. */
  readonly disabledBecause: 'gone' | null
  readonly deliveries: Readonly<Record<DeliveryState, number>>
  /** Until when the replaced secret signs, too. */
  readonly formerSecretUntil: string | null
  readonly createdAt: string
}

export interface ShownDelivery {
  readonly id: string
  readonly event: string
  readonly type: WebhookType
  readonly state: DeliveryState
  readonly attempts: number
  readonly at: string
  readonly isRunning: boolean
  /** When a waiting delivery is due; null for at once. */
  readonly nextAt: string | null
  readonly last: { readonly at: string; readonly status: number | null; readonly error: string | null; readonly durationMs: number } | null
}
