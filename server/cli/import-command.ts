/** `import`: paints a PNG through a running server. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { canvasLimits } from '../../lib/canvas.ts'
import { canvasId, onlyArgument, parseArguments, wholeNumber } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure } from './command.ts'
import { configOf, readAdminToken, requestJson, serverUrl } from './running-server.ts'

const help = `fresco import FILE.png [--canvas main] [--gx 0] [--gy 0] [--nearest] [--url URL]

Paints a picture through a running server, so that open browsers show it at once.
Transparent pixels are skipped. If a colour is not in the canvas's palette, nothing is painted.
After an interruption, the painted part stays. Run the command again to paint the rest.

  --canvas ID   the canvas to paint on (main)
  --gx, --gy    the position of the picture's top left pixel (0, 0)
  --nearest     use the nearest colour of the palette
  --url URL     the server (http://localhost:PORT); the limits of a proxy apply

The operator's token is ADMIN_TOKEN, or the one in DATA_DIR.`

const answerSchema = z.object({ placed: z.int() })

const largestOffset = { min: 0, max: canvasLimits.maxSide - 1 }

const run = async (context: CommandContext) => {
  const { values, positionals } = parseArguments(
    context.args,
    {
      canvas: { type: 'string', default: 'main' },
      gx: { type: 'string', default: '0' },
      gy: { type: 'string', default: '0' },
      nearest: { type: 'boolean', default: false },
      url: { type: 'string' },
    },
    1,
  )
  const file = onlyArgument('FILE.png', positionals)
  const canvas = canvasId(values.canvas)
  const gx = wholeNumber('gx', values.gx, largestOffset)
  const gy = wholeNumber('gy', values.gy, largestOffset)
  const config = configOf(context)
  const url = new URL(`/api/admin/canvases/${canvas}/picture`, serverUrl(values.url, config))
  url.search = new URLSearchParams({ gx: String(gx), gy: String(gy), nearest: String(values.nearest) }).toString()
  const token = await readAdminToken(config)
  const png = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandFailure(`${file} could not be read (${cause.code}).`, { cause })
  })

  context.progress(`Painting ${basename(file)} (${png.length} bytes) onto "${canvas}" at ${gx}, ${gy} through ${url.origin}`)
  const startedMs = context.now()
  const headers = { 'content-type': 'image/png', authorization: `Bearer ${token}` }
  const { placed } = await requestJson(answerSchema, { url, method: 'POST', headers, body: png })
  context.print(`${placed} pixels placed in ${((context.now() - startedMs) / 1_000).toFixed(1)} s`)
}

export const importCommand: Command = { name: 'import', summary: 'paints a picture through a running server', help, run }
