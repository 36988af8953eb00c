/** `canvas announce`: announces something to everybody on a board, or takes the announcement off. */
import { z } from 'zod'
import { announcementLevels } from '../../lib/announcement.ts'
import { canvasLimits } from '../../lib/canvas.ts'
import { printable } from '../../lib/printable.ts'
import { canvasId, choice, parseArguments, wholeNumber } from './arguments.ts'
import { type CommandContext, UsageError } from './command.ts'
import { adminServer, requestJson } from './running-server.ts'

const { minLastsMs, maxLastsMs, maxAnnouncement } = canvasLimits

export const announceUsage = `fresco canvas announce ID TEXT [--level info|important] [--lasts-ms MS] [--url URL]
fresco canvas announce ID --remove [--url URL]`

export const announceHelp = `  TEXT                  one line of 1 to ${maxAnnouncement} characters for everybody on the board;
                        it replaces the announcement before
  --level LEVEL         info, or important (info)
  --lasts-ms MS         how long pages show it (until another one replaces it)
  --remove              takes the announcement off`

const options = {
  level: { type: 'string' },
  'lasts-ms': { type: 'string' },
  remove: { type: 'boolean' },
  url: { type: 'string' },
} as const

const answerSchema = z.object({ announcement: z.object({ text: z.string(), until: z.string().nullable() }).nullable() })

export const announce = async (context: CommandContext, args: readonly string[]) => {
  const { values, positionals } = parseArguments(args, options, 2)
  const [name, text] = positionals
  if (name === undefined) throw new UsageError('ID is missing.')
  const id = canvasId(name, 'ID')
  const announcement = readAnnouncement(text, values)
  const server = await adminServer(context, values.url)
  const answer = await requestJson(answerSchema, {
    url: new URL(`/api/admin/canvases/${id}/announcement`, server.url),
    ...(announcement
      ? {
          method: 'POST',
          headers: { ...server.headers, 'content-type': 'application/json' },
          body: new TextEncoder().encode(JSON.stringify(announcement)),
        }
      : { method: 'DELETE', headers: server.headers }),
  })
  if (!answer.announcement) return context.print(`"${id}" has no announcement.`)
  const { text: announced, until } = answer.announcement
  context.print(`Announced on "${id}" ${until === null ? 'without an end' : `until ${until}`}: ${printable(announced)}`)
}

/** Null to take it off. */
const readAnnouncement = (
  text: string | undefined,
  { level, 'lasts-ms': lasts, remove }: { readonly level?: string; readonly 'lasts-ms'?: string; readonly remove?: boolean },
) => {
  if (remove) {
    if (text !== undefined || level !== undefined || lasts !== undefined)
      throw new UsageError('--remove takes no TEXT, --level or --lasts-ms.')
    return null
  }
  if (text === undefined) throw new UsageError('TEXT is missing. Give it in quotation marks, or --remove.')
  return {
    text,
    level: choice('level', announcementLevels, level),
    lastsMs: lasts === undefined ? null : wholeNumber('lasts-ms', lasts, { min: minLastsMs, max: maxLastsMs }),
  }
}
