/** The whole app in its own process, as an operator runs it, without limits and without cooldown. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { nodeFlags, startEnvironment } from '../../server/testing/as-started.ts'
import { freePort } from '../../server/testing/free-port.ts'
import type { Scope } from '../framework/scope.ts'
import { Child } from './child.ts'
import { type Core, serverCore } from './cores.ts'
import { cpuSecondsOf, residentBytesOf } from './process-usage.ts'

export const secrets = {
  ADMIN_TOKEN: 'the admin token of the benchmarks is no secret',
  SESSION_SECRET: 'the session secret of the benchmarks is no secret',
}

export interface FrescoOptions {
  readonly scope: Scope
  readonly core?: Core
  readonly env?: Readonly<Record<string, string>>
  /** Copied for this server; without it, a new folder. */
  readonly dataDir?: string
  /** Another way to start it. */
  readonly program?: string
  readonly nodeArgs?: readonly string[]
}

const root = join(import.meta.dirname, '../..')

/** The folder for a CPU profile of every server. Profiling costs time, so no figure is kept. */
export const profileFolder = process.env['BENCH_PROFILE']
const profileArgs = profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : []

export class Fresco {
  readonly port: number
  readonly url: string
  readonly dataDir: string
  readonly child: Child
  /** On the clock `performance.now()` of this process. */
  readonly startedMs: number

  private constructor(parts: { port: number; dataDir: string; child: Child; startedMs: number }) {
    this.port = parts.port
    this.url = `http://127.0.0.1:${parts.port}`
    this.dataDir = parts.dataDir
    this.child = parts.child
    this.startedMs = parts.startedMs
  }

  /** A started process that may not be ready. */
  static async spawn({
    scope,
    core = serverCore,
    env,
    dataDir: given,
    program = 'server/main.ts',
    nodeArgs = [],
  }: FrescoOptions): Promise<Fresco> {
    const dataDir = mkdtempSync(join(tmpdir(), 'fresco-bench-'))
    scope.defer(() => rmSync(dataDir, { recursive: true, force: true }))
    if (given) cpSync(given, dataDir, { recursive: true })
    const port = await freePort()
    const startedMs = performance.now()
    const child = new Child({
      scope,
      core,
      args: [...nodeFlags, ...profileArgs, ...nodeArgs, join(root, program)],
      env: {
        ...startEnvironment,
        PORT: String(port),
        HOST: '127.0.0.1',
        DATA_DIR: dataDir,
        COOLDOWN_MS: '0',
        RATE_LIMITS: 'off',
        LOG_LEVEL: 'warn',
        ...secrets,
        ...env,
      },
    })
    if (profileFolder) scope.defer(() => child.end('SIGTERM'))
    return new Fresco({ port, dataDir, child, startedMs })
  }

  static async start(options: FrescoOptions): Promise<Fresco> {
    const server = await Fresco.spawn(options)
    await server.child.while(server.#isReady())
    return server
  }

  get cpuSeconds() {
    return cpuSecondsOf(this.child.pid)
  }

  get residentBytes() {
    return residentBytesOf(this.child.pid)
  }

  async #isReady() {
    const deadline = Date.now() + 30_000
    while (Date.now() < deadline) {
      const ready = await fetch(`${this.url}/readyz`).then(
        (response) => response.ok,
        () => false,
      )
      if (ready) return this.#pagesAreReady()
      await wait(20)
    }
    throw this.child.failure('is not ready after 30 s')
  }

  /** Next still prepares pages after the server is ready; that must not be measured. Processes without pages answer 404. */
  async #pagesAreReady() {
    await (await fetch(this.url)).arrayBuffer()
  }
}
