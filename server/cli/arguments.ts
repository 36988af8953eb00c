/** Checks the arguments of commands. Every mistake is a `UsageError` whose sentence names the argument. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { canvasIdPattern } from '../../lib/canvas.ts'
import { UsageError } from './command.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** The strict `parseArgs` of `node:util`, with its error as a `UsageError`. At most `most` arguments may be without an option. */
export const parseArguments = <const O extends Options>(args: readonly string[], options: O, most = 0) => {
  const parsed = parse(args, options)
  const unexpected = parsed.positionals[most]
  if (unexpected !== undefined) throw new UsageError(`The argument "${unexpected}" is not expected.`)
  return parsed
}

const parse = <const O extends Options>(args: readonly string[], options: O) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** The one argument without an option. */
export const onlyArgument = (name: string, positionals: readonly string[]): string => {
  const [argument] = positionals
  if (argument === undefined) throw new UsageError(`${name} is missing.`)
  return argument
}

export const wholeNumber = (name: string, text: string, range: { min: number; max: number }): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.min && value <= range.max) return value
  throw new UsageError(`--${name} must be a whole number from ${range.min} to ${range.max}, got "${text}".`)
}

export const canvasId = (text: string, name = '--canvas'): string => {
  if (canvasIdPattern.test(text)) return text
  throw new UsageError(`${name} must be 1 to 32 characters of a-z, 0-9 and -, got "${text}".`)
}

/** One of the allowed values. Undefined when the option was not given. */
export const choice = <Value extends string>(option: string, allowed: readonly Value[], given: string | undefined): Value | undefined => {
  const value = allowed.find((each) => each === given)
  if (given === undefined || value !== undefined) return value
  throw new UsageError(`--${option} must be ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(allowed)}, got "${given}".`)
}
