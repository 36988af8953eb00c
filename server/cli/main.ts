/** `npm run -s fresco -- COMMAND`. */
import { processConfig } from '../config.ts'
import { runCommand } from './run-command.ts'

process.exitCode = await runCommand({
  args: process.argv.slice(2),
  config: processConfig,
  print: (line) => void process.stdout.write(`${line}\n`),
  tell: (line) => void process.stderr.write(`${line}\n`),
  now: () => performance.now(),
})
