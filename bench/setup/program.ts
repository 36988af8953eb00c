/** Small programs beside the app: baselines with one answer, and servers that report when they are ready. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Scope } from '../framework/scope.ts'
import { Child } from './child.ts'
import { type Core, serverCore } from './cores.ts'

const bench = join(import.meta.dirname, '..')

export interface ProgramOptions {
  readonly scope: Scope
  /** Below `bench/`. */
  readonly program: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
  readonly core?: Core
}

const childOf = ({ scope, program, args = [], env = {}, nodeArgs = [], core = serverCore }: ProgramOptions) =>
  new Child({ scope, core, args: [...nodeArgs, join(bench, program), ...args], env })

const numbers = z.record(z.string(), z.number())

/** Runs a program until it has sent its result. */
export const askProgram = async (options: ProgramOptions): Promise<unknown> => {
  const child = childOf(options)
  const [message] = await child.while(once(child.process, 'message'))
  return message
}

/** `askProgram` for a result of numbers. */
export const runProgram = async (options: ProgramOptions): Promise<Readonly<Record<string, number>>> =>
  numbers.parse(await askProgram(options))

/** Starts a program and waits until it sends something. */
export const startProgram = async (options: ProgramOptions): Promise<Child> => {
  const child = childOf(options)
  await child.while(once(child.process, 'message'))
  return child
}

/** A folder that is removed with the scope. */
export const makeFolder = (scope: Scope): string => {
  const folder = mkdtempSync(join(tmpdir(), 'fresco-bench-'))
  scope.defer(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
