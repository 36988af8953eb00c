/**
 * The command line: finds the command, runs it, and turns how it went into an exit code: 0 when it did what was asked, 1 when
 * not, 2 for bad usage. Results go to stdout, everything else to stderr.
 */
import { auditCommand } from './audit-command.ts'
import { backupCommand, restoreCommand } from './backup-command.ts'
import { type Command, type CommandContext, CommandFailure, UsageError } from './command.ts'
import { crowdCommand } from './crowd-command.ts'
import { exportCommand } from './export-command.ts'
import { failpointsCommand } from './failpoints-command.ts'
import { importCommand } from './import-command.ts'
import { rebuildCommand } from './rebuild-command.ts'

const commands: readonly Command[] = [
  importCommand,
  exportCommand,
  auditCommand,
  rebuildCommand,
  backupCommand,
  restoreCommand,
  crowdCommand,
  failpointsCommand,
]

const overview = `fresco COMMAND

${commands.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n')}

fresco COMMAND --help says more. The environment is the server's: PORT, DATA_DIR, ADMIN_TOKEN, PUBLIC_URL.
Exit code: 0 when it did what was asked, 1 when not, 2 for bad usage.`

export type ExitCode = 0 | 1 | 2

export const runCommand = async (context: CommandContext): Promise<ExitCode> => {
  const [name, ...args] = context.args
  const { print, tell } = context
  if (name === '--help' || name === '-h') {
    if (args[0] !== undefined) {
      tell(`The argument "${args[0]}" is not expected. fresco COMMAND --help says more about one command.`)
      return 2
    }
    print(overview)
    return 0
  }
  const command = commands.find((each) => each.name === name)
  if (!command) {
    tell(name === undefined ? overview : `There is no command "${name}".\n\n${overview}`)
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
      tell(`${error.message}\nfresco ${command.name} --help says how it is used.`)
      return 2
    }
    if (!(error instanceof CommandFailure)) throw error
    tell(error.message)
    return 1
  }
}
