/** `export`: saves the board as a PNG. The file appears when it is whole, or not at all. */
import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { canvasId, onlyFile, parseArguments, wholeNumber } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure } from './command.ts'
import { askServer, configOf, serverUrl } from './running-server.ts'

const help = `fresco export FILE.png [--canvas main] [--scale 1] [--url URL]

Saves the board as it is, as a PNG.

  --canvas ID   the canvas to save (main)
  --scale N     how large each pixel becomes, 1 to 8 (1); the picture may have 16384 pixels a side
  --url URL     where the server runs (http://localhost:PORT); behind a proxy its limits apply`

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
  const file = onlyFile(positionals)
  const canvas = canvasId(values.canvas)
  const scale = wholeNumber('scale', values.scale, { min: 1, max: 8 })
  const url = new URL(`/api/canvases/${canvas}/board.png?scale=${scale}`, serverUrl(values.url, configOf(context)))

  context.tell(`Saving "${canvas}" from ${url.origin}`)
  const answer = await askServer({ url, method: 'GET', accept: 'image/png' })
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

/** Not `pipeline`: when the file fails just as the answer ends, that has been seen to wait forever for the answer's socket. */
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
