/** An event as a message for a webhook of Discord. It mentions nobody, whatever its texts contain. */
import { decodeBody } from './webhook.ts'

/** Discord's limits of an embed. */
const maxTitle = 256
const maxDescription = 2_048

const cut = (text: string, max: number) => (text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`)
/** Texts of hosts appear as they were typed. */
const plain = (text: unknown) => String(text).replaceAll(/[\\*_~`|>#[\]()<@:-]/g, '\\$&')

interface Message {
  readonly title: string
  readonly description?: string
}

const messageOf = (type: string, data: Readonly<Record<string, unknown>>): Message => {
  const title = plain((data['canvas'] as { title?: unknown } | undefined)?.title ?? '')
  switch (type) {
    case 'canvas.opened':
      return { title: `${title} is open` }
    case 'canvas.closed':
      return { title: `${title} is closed` }
    case 'canvas.changed':
      return { title: `${title} has changed`, description: changedFields(data['changes']) }
    case 'announcement.published': {
      const { text } = (data['announcement'] ?? {}) as { text?: unknown }
      return { title: `Announcement on ${title}`, description: plain(text ?? '') }
    }
    case 'health.changed':
      return { title: plain(data['title'] ?? 'Health has changed'), description: plain(data['body'] ?? '') }
    case 'backup.failed':
      return { title: 'A backup failed', description: plain(data['detail'] ?? '') }
    case 'webhook.test':
      return { title: 'This is a test', description: 'The webhook works.' }
    default:
      return { title: plain(type) }
  }
}

const changedFields = (changes: unknown) =>
  Array.isArray(changes) ? changes.map((change: { field?: unknown }) => plain(change.field)).join(', ') : ''

/** `body` is the JSON of the event (`webhookBody`). */
export const discordMessage = (body: string): string => {
  const { type, timestamp, data } = decodeBody(body)
  const { title, description = '' } = messageOf(type, data)
  const url = (data['canvas'] as { url?: unknown } | undefined)?.url
  const embed = {
    title: cut(title, maxTitle),
    ...(description !== '' && { description: cut(description, maxDescription) }),
    ...(typeof url === 'string' && { url }),
    timestamp,
  }
  return JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } })
}
