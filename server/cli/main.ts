/** `npm run -s fresco -- COMMAND`. */
import { createInterface } from 'node:readline/promises'
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
  print: (line) => void process.stdout.write(`${line}\n`),
  tell: (line) => void process.stderr.write(`${line}\n`),
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : null,
  now: () => performance.now(),
})
