/** What a command of the command line is, and the two ways in which it can fail. Each command has a file of its own. */
import type { ConfigResult } from '../config.ts'

/** Bad usage: the sentence and how to find help go to stderr, the exit code is 2. */
export class UsageError extends Error {
  readonly code = 'usage'
}

/** It could not be done: the sentence goes to stderr, the exit code is 1. */
export class CommandFailure extends Error {
  readonly code = 'failed'
}

export interface CommandContext {
  /** What follows the command's name. */
  readonly args: readonly string[]
  /** Read on demand, so that `--help` works in a broken environment. */
  readonly config: () => ConfigResult
  /** A line of the result, to stdout. */
  readonly print: (line: string) => void
  /** A line of progress, to stderr. */
  readonly tell: (line: string) => void
  /** Asks a question and waits for a line; null where nobody can answer. */
  readonly ask: ((question: string) => Promise<string>) | null
  /** Milliseconds, for durations. */
  readonly now: () => number
}

export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** All that `COMMAND --help` prints. */
  readonly help: string
  /** Resolves when it did what was asked. @throws {UsageError | CommandFailure} */
  run(context: CommandContext): Promise<void>
}
