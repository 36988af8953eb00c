import type { WebhookType } from '../../../lib/webhook.ts'
import type { enWebhooks } from '../../../lib/words/en-webhooks.ts'

type TypeName = keyof typeof enWebhooks.types

/** ICU keys have no full stop of their own. */
export const typeKey = (type: WebhookType) => `webhooks.types.${type.replace('.', '_') as TypeName}` as const

/** The address without its path, which can be secret. */
export const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url)
