/** Secrets and signatures of Standard Webhooks. */
import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { WebhookEndpoint } from '../store/webhooks-port.ts'

/** How long a replaced secret still signs, so that receivers can be changed meanwhile. */
export const formerSecretMs = 86_400_000

export const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`

/** The headers of an attempt. The id is the same for each attempt. */
export const signatureHeaders = (
  { secret, formerSecret }: Pick<WebhookEndpoint, 'secret' | 'formerSecret'>,
  { id, body, nowMs }: { id: string; body: string; nowMs: number },
) => {
  const secrets = [secret, ...(formerSecret && formerSecret.untilMs > nowMs ? [formerSecret.secret] : [])]
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / 1_000)),
    'webhook-signature': secrets.map((one) => new Webhook(one).sign(id, new Date(nowMs), body)).join(' '),
  }
}
