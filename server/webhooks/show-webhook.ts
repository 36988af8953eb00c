/** Webhooks and deliveries as admins get them (PROTOCOL.md). */
import type { ShownDelivery, ShownWebhook } from '../../lib/webhook.ts'
import type { DeliveryCounts, WebhookDelivery, WebhookEndpoint } from '../store/webhooks-port.ts'

const iso = (atMs: number) => new Date(atMs).toISOString()

export const showEndpoint = (
  { id, url, format, types, enabled, disabledBecause, formerSecret, createdAtMs }: WebhookEndpoint,
  deliveries: DeliveryCounts = { waiting: 0, delivered: 0, dead: 0 },
): ShownWebhook => ({
  ...{ id, url, format, types, enabled, disabledBecause, deliveries },
  formerSecretUntil: formerSecret && iso(formerSecret.untilMs),
  createdAt: iso(createdAtMs),
})

export const showDelivery = ({ id, event, type, state, attempts, createdAtMs, nextAtMs, lease, last }: WebhookDelivery): ShownDelivery => ({
  ...{ id, event, type, state, attempts },
  at: iso(createdAtMs),
  isRunning: lease !== null,
  nextAt: state === 'waiting' && lease === null && nextAtMs > 0 ? iso(nextAtMs) : null,
  last: last && { at: iso(last.atMs), status: last.status, error: last.error, durationMs: last.durationMs },
})
