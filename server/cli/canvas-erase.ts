/** `canvas delete` and `canvas start-over`. Both need the id of the board twice. */
import { z } from 'zod'
import { canvasId, onlyArgument, parseArguments, wholeNumber } from './arguments.ts'
import { type CommandContext, UsageError } from './command.ts'
import { adminServer, requestJson } from './running-server.ts'

export const eraseUsage = `fresco canvas start-over ID --confirm ID [--rev N] [--url URL]
fresco canvas delete ID --confirm ID [--rev N] [--url URL]`

export const eraseHelp = `  --confirm ID          the id once more: all pixels of the board are lost, so make a
                        backup before`

const options = { confirm: { type: 'string' }, rev: { type: 'string' }, url: { type: 'string' } } as const
const listSchema = z.object({ canvases: z.array(z.object({ id: z.string(), rev: z.int() })) })

const prepare = async (context: CommandContext, args: readonly string[]) => {
  const { values, positionals } = parseArguments(args, options, 1)
  const id = canvasId(onlyArgument('ID', positionals), 'ID')
  if (values.confirm !== id) throw new UsageError(`Nothing was changed. If all pixels of "${id}" shall be lost, add --confirm ${id}.`)
  const given = values.rev === undefined ? null : wholeNumber('rev', values.rev, { min: 0, max: 999_999_999_999_999 })
  const server = await adminServer(context, values.url)
  const { canvases } =
    given === null
      ? await requestJson(listSchema, { url: new URL('/api/admin/canvases', server.url), method: 'GET', headers: server.headers })
      : { canvases: [] }
  // A canvas that does not exist has no rev. The server then answers with its own sentence.
  const rev = given ?? canvases.find((canvas) => canvas.id === id)?.rev ?? 0
  return {
    id,
    url: new URL(`/api/admin/canvases/${id}`, server.url),
    headers: { ...server.headers, 'content-type': 'application/json', 'if-match': String(rev) },
    body: new TextEncoder().encode(JSON.stringify({ confirm: id })),
  }
}

export const deleteCanvas = async (context: CommandContext, args: readonly string[]) => {
  const { id, ...request } = await prepare(context, args)
  await requestJson(z.object({ deleting: z.literal(true) }), { ...request, method: 'DELETE' })
  context.print(`"${id}" was deleted. The server removes what is left of it.`)
}

export const startOver = async (context: CommandContext, args: readonly string[]) => {
  const { id, url, ...request } = await prepare(context, args)
  const schema = z.object({ epoch: z.string(), rev: z.int(), erasing: z.string().nullable() })
  const { epoch, rev, erasing } = await requestJson(schema, { ...request, url: new URL(`${url.pathname}/start-over`, url), method: 'POST' })
  const rest = erasing === null ? '' : ' Nobody can paint until the server has removed the former pixels.'
  context.print(`"${id}" was started over: epoch ${epoch}, rev ${rev}, paused.${rest}`)
}
