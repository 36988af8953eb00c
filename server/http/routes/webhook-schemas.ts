/** What an admin may send to create or change a webhook. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { webhookFormats, webhookLimits, webhookTypes } from '../../../lib/webhook.ts'
import { isPublicAddress } from '../../webhooks/public-address.ts'

/** A test goes to one endpoint, whatever types that endpoint wants. */
const wantable = webhookTypes.filter((type) => type !== 'webhook.test')

const urlRule = `must be an http or https address of at most ${webhookLimits.maxUrl} characters, without a user, a fragment and spaces`
const privateRule = 'must not be a private address, unless WEBHOOKS_ALLOW_PRIVATE is 1'
const typesRule = `must be a list of ${wantable.join(', ')}`

/** `URL` would remove line breaks and tabs. */
const isPlain = (text: string) => text.length <= webhookLimits.maxUrl && /^[\u0021-\u007e]+$/.test(text)

const isTarget = (text: string) => {
  const url = isPlain(text) && URL.canParse(text) ? new URL(text) : null
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '' && url.hash === ''
}

/** Names are looked up before each attempt. */
const isPrivate = (text: string) => {
  const host = new URL(text).hostname.replace(/^\[(.*)\]$/, '$1')
  return host === 'localhost' || (isIP(host) !== 0 && !isPublicAddress(host))
}

const fieldsOf = ({ allowPrivate }: { allowPrivate: boolean }) => ({
  url: z
    .string(urlRule)
    .trim()
    .refine(isTarget, { error: urlRule, abort: true })
    .refine((text) => allowPrivate || !isPrivate(text), privateRule),
  types: z
    .array(z.enum(wantable, typesRule), typesRule)
    .max(wantable.length, typesRule)
    .transform((types) => wantable.filter((type) => types.includes(type))),
  enabled: z.boolean('must be true or false'),
})

export const createWebhookSchemas = (options: { allowPrivate: boolean }) => {
  const { url, types, enabled } = fieldsOf(options)
  const format = z.enum(webhookFormats, `must be ${webhookFormats.join(' or ')}`).default('standard')
  return {
    creation: z.strictObject(
      { url, types, format, enabled: enabled.default(true) },
      'must be a JSON object with url, types, format and enabled only',
    ),
    change: z
      .strictObject(
        {
          url: url.optional(),
          types: types.optional(),
          enabled: enabled.optional(),
          newSecret: z.literal(true, 'must be true').optional(),
        },
        'must be a JSON object with url, types, enabled or newSecret only',
      )
      .refine((change) => Object.keys(change).length > 0, 'must change something'),
  }
}
