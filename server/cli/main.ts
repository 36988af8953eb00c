/** `npm run -s fresco -- COMMAND`. */
import { createInterface } from 'node:readline'
import { printableLines } from '../../lib/printable.ts'
import { processConfig } from '../config.ts'
import { runCommand } from './run-command.ts'

/** The end of the input and Ctrl+C count as an empty answer. */
const ask = (question: string) =>
  new Promise<string>((resolve) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    terminal.once('close', () => resolve(''))
    terminal.question(question, (answer) => {
      resolve(answer)
      terminal.close()
    })
  })

// The reader may close the pipe, such as `head`, or the disk may be full.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.stderr.write(`The result could not be written (${code}).\n`)
  process.exit(1)
})
process.stderr.on('error', () => undefined)

process.exitCode = await runCommand({
  args: process.argv.slice(2),
  config: processConfig,
  print: (line) => void process.stdout.write(`${printableLines(line)}\n`),
  progress: (line) => void process.stderr.write(`${printableLines(line)}\n`),
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : null,
  now: () => performance.now(),
})
