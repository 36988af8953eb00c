/** `export`: saves the board as a PNG. It renames a complete file, so there is never a partial one. */
import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { canvasId, onlyArgument, parseArguments, wholeNumber } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure } from './command.ts'
import { configOf, sendRequest, serverUrl } from './running-server.ts'

const help = `fresco export FILE.png [--canvas main] [--scale 1] [--url URL]

Saves the current board as a PNG.

  --canvas ID   the canvas to save (main)
  --scale N     the size of each pixel, 1 to 8 (1); at most 16384 pixels a side
  --url URL     the server (http://localhost:PORT); the limits of a proxy apply`

const run = async (context: CommandContext) => {
  const { values, positionals } = parseArguments(
    context.args,
    {
      canvas: { type: 'string', default: 'main' },
      scale: { type: 'string', default: '1' },
      url: { type: 'string' },
    },
    1,
  )
  const file = onlyArgument('FILE.png', positionals)
  const canvas = canvasId(values.canvas)
  const scale = wholeNumber('scale', values.scale, { min: 1, max: 8 })
  const url = new URL(`/api/canvases/${canvas}/board.png?scale=${scale}`, serverUrl(values.url, configOf(context)))

  context.progress(`Saving "${canvas}" from ${url.origin}`)
  const answer = await sendRequest({ url, method: 'GET', accept: 'image/png' })
  const unfinished = `${file}.${randomUUID()}.part`
  try {
    await write(unfinished, answer)
    await rename(unfinished, file)
  } catch (cause) {
    await rm(unfinished, { force: true })
    const { code, message } = cause as NodeJS.ErrnoException
    throw new CommandFailure(`${file} could not be saved (${code ?? message}).`, { cause })
  }
  context.print(`${file}: ${(await stat(file)).size} bytes`)
}

/** `pipeline` can wait forever for the socket of the answer if the file fails just as the answer ends. */
const write = async (path: string, bytes: IncomingMessage) => {
  const handle = await open(path, 'wx').catch((error: unknown) => {
    bytes.destroy()
    throw error
  })
  try {
    for await (const chunk of bytes) await handle.appendFile(chunk as Uint8Array)
  } finally {
    await handle.close()
  }
}

export const exportCommand: Command = { name: 'export', summary: 'saves the board as a PNG', help, run }
