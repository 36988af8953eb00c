/** What follows from an attempt to deliver. */
import type { WebhookFormat } from '../../lib/webhook.ts'
import { retryAfterMs, retryWaitMs } from '../../lib/webhook-retries.ts'
import type { Settlement, WebhookDelivery } from '../store/webhooks-port.ts'
import type { Answered } from './post-once.ts'

/**
 * `limited`: the endpoint takes nothing for `waitMs`. `gone`: it will never take anything again. `stopped`: this server stops, so another one or the
 * next start makes the attempt.
 */
export type AttemptOutcome = 'delivered' | 'retry' | 'dead' | 'limited' | 'gone' | 'stopped'

export interface SettledAttempt {
  readonly outcome: AttemptOutcome
  readonly settlement: Omit<Settlement, 'id' | 'lease'>
}

/** Waits that an endpoint asks for count as failures after this time, so that a delivery ends. */
const maxLimitedMs = 3 * 86_400_000

const isGone = (status: number | null, format: WebhookFormat) => status === 410 || (status === 404 && format === 'discord')

export const planSettlement = (
  { attempts, createdAtMs }: Pick<WebhookDelivery, 'attempts' | 'createdAtMs'>,
  { retryAfter, ...answered }: Answered,
  { format, nowMs, random, isStopping }: { format: WebhookFormat; nowMs: number; random: () => number; isStopping: boolean },
): SettledAttempt => {
  const report = { ...answered, atMs: nowMs }
  const ended = (outcome: AttemptOutcome, state: 'delivered' | 'dead'): SettledAttempt => ({
    outcome,
    settlement: { state, nextAtMs: 0, counts: true, report },
  })
  const later = (outcome: AttemptOutcome, nextAtMs: number, counts: boolean): SettledAttempt => ({
    outcome,
    settlement: { state: 'waiting', nextAtMs, counts, report: outcome === 'stopped' ? null : report },
  })
  const { status, error } = answered
  if (error === null) return ended('delivered', 'delivered')
  if (isStopping) return later('stopped', 0, false)
  if (isGone(status, format)) return ended('gone', 'dead')
  const limitMs = status === 429 && nowMs - createdAtMs < maxLimitedMs ? retryAfterMs(retryAfter) : null
  if (limitMs !== null) return later('limited', nowMs + limitMs, false)
  const waitMs = retryWaitMs(attempts, random)
  return waitMs === null ? ended('dead', 'dead') : later('retry', nowMs + waitMs, true)
}
