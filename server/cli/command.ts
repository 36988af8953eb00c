/** The interface of a command, and its two kinds of failure. Each command is in a separate file. */
import type { ConfigResult } from '../config.ts'

/** Bad usage. The sentence and a hint go to stderr, and the exit code is 2. */
export class UsageError extends Error {
  readonly code = 'usage'
}

/** The command failed. The sentence goes to stderr, and the exit code is 1. */
export class CommandFailure extends Error {
  readonly code = 'failed'
}

export interface CommandContext {
  /** The arguments after the command's name. */
  readonly args: readonly string[]
  /** Read on demand, so that `--help` works in a broken environment. */
  readonly config: () => ConfigResult
  /** A line of the result, to stdout. */
  readonly print: (line: string) => void
  /** A line of progress, to stderr. */
  readonly progress: (line: string) => void
  /** Prints a question and reads a line; null outside a terminal. */
  readonly ask: ((question: string) => Promise<string>) | null
  /** Milliseconds, for durations. */
  readonly now: () => number
}

export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** The text of `COMMAND --help`. */
  readonly help: string
  /** Resolves on success. @throws {UsageError | CommandFailure} */
  run(context: CommandContext): Promise<void>
}
