/** Finds and runs a command. The exit code is 0 for success, 1 for failure and 2 for bad usage. Results go to stdout, other lines to stderr. */

import { version } from '../version.ts'
import { auditCommand } from './audit-command.ts'
import { backupCommand, restoreCommand } from './backup-command.ts'
import { canvasCommand } from './canvas-command.ts'
import { type Command, type CommandContext, CommandFailure, UsageError } from './command.ts'
import { crowdCommand } from './crowd-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { exportCommand } from './export-command.ts'
import { failpointsCommand } from './failpoints-command.ts'
import { importCommand } from './import-command.ts'
import { rebuildCommand } from './rebuild-command.ts'
import { siteCommand } from './site-command.ts'

const commands: readonly Command[] = [
  importCommand,
  exportCommand,
  canvasCommand,
  siteCommand,
  auditCommand,
  rebuildCommand,
  backupCommand,
  restoreCommand,
  crowdCommand,
  doctorCommand,
  failpointsCommand,
]

const overview = `fresco COMMAND

${commands.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n')}

fresco COMMAND --help explains a command, and fresco --version prints the version. Use the server's environment: PORT, DATA_DIR, ADMIN_TOKEN, PUBLIC_URL.
Exit code: 0 for success, 1 for failure, 2 for bad usage.`

export type ExitCode = 0 | 1 | 2

export const runCommand = async (context: CommandContext): Promise<ExitCode> => {
  const [name, ...args] = context.args
  const { print, progress } = context
  if (name === '--version') {
    print(version)
    return 0
  }
  if (name === '--help' || name === '-h') {
    if (args[0] !== undefined) {
      progress(`The argument "${args[0]}" is not expected. fresco COMMAND --help explains a command.`)
      return 2
    }
    print(overview)
    return 0
  }
  const command = commands.find((each) => each.name === name)
  if (!command) {
    progress(name === undefined ? overview : `There is no command "${name}".\n\n${overview}`)
    return 2
  }
  if (args.includes('--help') || args.includes('-h')) {
    print(command.help)
    return 0
  }
  try {
    await command.run({ ...context, args })
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      progress(`${error.message}\nfresco ${command.name} --help explains its usage.`)
      return 2
    }
    if (!(error instanceof CommandFailure)) throw error
    progress(error.message)
    return 1
  }
}
