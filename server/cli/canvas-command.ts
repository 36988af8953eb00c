/** `canvas`: lists the canvases of a running server, creates, changes and deletes one, and announces something on one. */
import { z } from 'zod'
import { canvasStates, visibilities } from '../../lib/canvas.ts'
import { noCanvas } from '../refusals.ts'
import { canvasId, onlyArgument, parseArguments, wholeNumber } from './arguments.ts'
import { announce, announceHelp, announceUsage } from './canvas-announce.ts'
import { deleteCanvas, eraseHelp, eraseUsage, startOver } from './canvas-erase.ts'
import { foundationHelp, foundationOptions, readBoard } from './canvas-foundation-options.ts'
import { needsColors, readSettings, settingOptions, settingsHelp } from './canvas-options.ts'
import { type Command, type CommandContext, CommandFailure, UsageError } from './command.ts'
import { adminServer, requestJson } from './running-server.ts'

const help = `fresco canvas list [--url URL]
fresco canvas create ID --title TEXT --width N --height N [--tile-size N]
                     [--background N] [--palette LIST] [SETTINGS] [--url URL]
fresco canvas set ID [SETTINGS] [--rev N] [--url URL]
${announceUsage}
${eraseUsage}

Lists the boards of a running server, creates one, changes one while people paint, or
deletes one. A board that is started over is empty and keeps its settings.
A new board is paused unless --state says otherwise.
The list has the charges of a new painter (START) and the most of any painter (MAX),
and the pixels per second of all painters (PX/S).
Everybody has the change within two seconds. What is not given stays as it is.

${settingsHelp}
${foundationHelp}
${announceHelp}
${eraseHelp}
  --rev N               change nothing if the board has another rev (the newest)
  --url URL             the server (http://localhost:PORT)

The operator's token is ADMIN_TOKEN, or the one in DATA_DIR.`

const canvasSchema = z.object({
  id: z.string(),
  title: z.string(),
  rev: z.int(),
  width: z.int(),
  height: z.int(),
  cooldownMs: z.number(),
  maxCharges: z.int(),
  startCharges: z.int(),
  state: z.enum(canvasStates),
  online: z.int(),
  perSecond: z.number().nullable(),
  visibility: z.enum(visibilities),
  palette: z.array(z.string()),
  colorNames: z.array(z.string()),
})
type ListedCanvas = z.infer<typeof canvasSchema>
const listSchema = z.object({ canvases: z.array(canvasSchema) })

const noColors = { palette: [], colorNames: [] }

const options = { ...settingOptions, rev: { type: 'string' }, url: { type: 'string' } } as const

const list = async (context: CommandContext, args: readonly string[]) => {
  const { values } = parseArguments(args, { url: options.url })
  const { canvases } = await requestList(await adminServer(context, values.url))
  const rows = canvases.map((canvas) => [
    canvas.id,
    canvas.state,
    `${canvas.width}x${canvas.height}`,
    `${canvas.cooldownMs} ms`,
    String(canvas.startCharges),
    String(canvas.maxCharges),
    String(canvas.online),
    canvas.perSecond === null ? '-' : canvas.perSecond.toFixed(1),
    canvas.visibility,
    String(canvas.rev),
    canvas.title,
  ])
  for (const line of aligned([['ID', 'STATE', 'SIZE', 'COOLDOWN', 'START', 'MAX', 'ONLINE', 'PX/S', 'VISIBLE', 'REV', 'TITLE'], ...rows]))
    context.print(line)
}

const create = async (context: CommandContext, args: readonly string[]) => {
  const { values, positionals } = parseArguments(args, { ...settingOptions, ...foundationOptions, url: options.url }, 1)
  const board = readBoard(canvasId(onlyArgument('ID', positionals), 'ID'), values)
  const server = await adminServer(context, values.url)
  const created = await requestJson(canvasSchema, {
    url: new URL('/api/admin/canvases', server.url),
    method: 'POST',
    headers: { ...server.headers, 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify(board)),
  })
  context.print(`"${created.id}" was created, ${created.width}x${created.height}: ${summaryOf(created)}`)
}

const set = async (context: CommandContext, args: readonly string[]) => {
  const { values, positionals } = parseArguments(args, options, 1)
  const [name] = positionals
  if (name === undefined) throw new UsageError('ID is missing.')
  const id = canvasId(name, 'ID')
  const { rev: wantedRev, url, ...settings } = values
  if (Object.keys(settings).length === 0) throw new UsageError('Give something to change, such as --title or --state.')
  const givenRev = wantedRev === undefined ? null : wholeNumber('rev', wantedRev, { min: 0, max: 999_999_999_999_999 })
  const change = readSettings(settings)
  const server = await adminServer(context, url)
  const board = givenRev === null || needsColors(settings) ? await requestBoard(server, id) : null
  const changed = await requestJson(canvasSchema, {
    url: new URL(`/api/admin/canvases/${id}`, server.url),
    method: 'PATCH',
    headers: { ...server.headers, 'content-type': 'application/json', 'if-match': String(givenRev ?? board?.rev) },
    body: new TextEncoder().encode(JSON.stringify(change(board ?? noColors))),
  })
  context.print(`"${id}" has rev ${changed.rev}: ${summaryOf(changed)}`)
}

const requestList = ({ url, headers }: Awaited<ReturnType<typeof adminServer>>) =>
  requestJson(listSchema, { url: new URL('/api/admin/canvases', url), method: 'GET', headers })

const requestBoard = async (server: Awaited<ReturnType<typeof adminServer>>, id: string): Promise<ListedCanvas> => {
  const board = (await requestList(server)).canvases.find((canvas) => canvas.id === id)
  if (!board) throw new CommandFailure(noCanvas.detail)
  return board
}

const summaryOf = ({ title, state, cooldownMs, maxCharges, startCharges }: ListedCanvas) =>
  `"${title}", ${state}, cooldown ${cooldownMs} ms, charges ${startCharges} to ${maxCharges}`

/** Columns of the same width, two spaces apart. */
const aligned = (rows: readonly (readonly string[])[]) => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

const actions = new Map(Object.entries({ list, create, set, announce, 'start-over': startOver, delete: deleteCanvas }))

const run = async (context: CommandContext) => {
  const [name, ...args] = context.args
  const act = actions.get(name ?? '')
  if (act) return act(context, args)
  const names = (type: Intl.ListFormatType) => new Intl.ListFormat('en-GB', { type }).format(actions.keys())
  throw new UsageError(
    name === undefined ? `${names('disjunction')} is missing.` : `There is no "canvas ${name}", only ${names('conjunction')}.`,
  )
}

export const canvasCommand: Command = {
  name: 'canvas',
  summary: 'lists, creates, changes and deletes the boards of a running server',
  help,
  run,
}
