/** A process of a benchmark on its own core. It ends with its scope; if it ends before, the error contains its output. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { BenchFailure } from '../framework/bench.ts'
import type { Scope } from '../framework/scope.ts'
import type { Core } from './cores.ts'

export interface ChildOptions {
  readonly scope: Scope
  readonly core: Core
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export class Child {
  readonly process: ChildProcess
  readonly #scriptName: string
  #output = ''
  #isEnding = false
  /** Rejects after the exit, when the whole output has arrived. */
  readonly #ended: Promise<never>

  constructor({ scope, core, args, env }: ChildOptions) {
    this.#scriptName = args.find((arg) => arg.endsWith('.ts')) ?? args[0] ?? ''
    this.process = spawn('taskset', ['-c', String(core), process.execPath, ...args], {
      // Next reads its build from there.
      cwd: join(import.meta.dirname, '../..'),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    this.#ended = once(this.process, 'close').then(() => {
      throw this.failure(`ended with ${this.process.exitCode ?? this.process.signalCode}`)
    })
    this.#ended.catch(() => undefined)
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#output = (this.#output + data.toString()).slice(-10_000)
      })
    }
    scope.defer(() => this.#endWithScope())
  }

  /** taskset becomes the program that it starts. */
  get pid(): number {
    const { pid } = this.process
    if (pid === undefined) throw new BenchFailure('taskset could not be started: it comes with util-linux.')
    return pid
  }

  get output() {
    return this.#output
  }

  get hasEnded() {
    return this.process.exitCode !== null || this.process.signalCode !== null
  }

  failure(what: string) {
    return new BenchFailure(`${this.#scriptName} ${what}:\n${this.#output}`)
  }

  /** Rejects when the process ends before the work is done. */
  while<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#ended])
  }

  /** @throws if it ended before with an error. Otherwise a caller would get only a lost connection. */
  async #endWithScope() {
    if (this.hasEnded && !this.#isEnding && this.process.exitCode !== 0) await this.#ended
    await this.end()
  }

  /** A profile is written only at a regular exit. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL') {
    this.#isEnding = true
    if (this.hasEnded) return
    const exit = once(this.process, 'exit')
    this.process.kill(signal)
    const kill = setTimeout(() => this.process.kill('SIGKILL'), 15_000)
    await exit
    clearTimeout(kill)
  }
}
