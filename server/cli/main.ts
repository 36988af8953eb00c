/** `npm run -s fresco -- COMMAND`. */
import { createInterface } from 'node:readline/promises'
import { printableLines } from '../../lib/printable.ts'
import { processConfig } from '../config.ts'
import { runCommand } from './run-command.ts'

const ask = async (question: string) => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}

process.exitCode = await runCommand({
  args: process.argv.slice(2),
  config: processConfig,
  print: (line) => void process.stdout.write(`${printableLines(line)}\n`),
  tell: (line) => void process.stderr.write(`${printableLines(line)}\n`),
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : null,
  now: () => performance.now(),
})
