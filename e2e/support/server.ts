/** A real Fresco server in its own process, with a free port and a temporary folder. A test can kill it and start it again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFlags, startEnvironment } from '../../server/testing/as-started.ts'
import { freePort } from '../../server/testing/free-port.ts'
import { killAtExit } from '../../server/testing/kill-at-exit.ts'

/** No limits and no cooldown, unless a test sets them. */
const freely = { COOLDOWN_MS: '0', RATE_LIMITS: 'off', LOG_LEVEL: 'info' }

/** The kept part of a server's output, in characters. */
const maxOutput = 1_000_000

export class FrescoServer {
  readonly port: number
  readonly url: string
  readonly dataDir: string
  /** The checkout whose code the next process runs. */
  folder = process.cwd()
  readonly #env: Record<string, string>
  #child: ChildProcess | null = null
  #output = ''

  private constructor(port: number, env: Record<string, string>) {
    this.port = port
    this.url = `http://localhost:${port}`
    this.dataDir = mkdtempSync(join(tmpdir(), 'fresco-e2e-'))
    this.#env = env
  }

  static async start(env: Record<string, string> = {}): Promise<FrescoServer> {
    const server = await FrescoServer.prepare(env)
    await server.boot()
    return server
  }

  /** Creates a server without starting it. */
  static async prepare(env: Record<string, string> = {}): Promise<FrescoServer> {
    return new FrescoServer(await freePort(), { ...freely, ...env })
  }

  get output() {
    return this.#output
  }

  get pid() {
    return this.#child?.pid
  }

  get adminToken() {
    return this.#env['ADMIN_TOKEN'] ?? readFileSync(join(this.dataDir, 'admin-token'), 'utf8').trim()
  }

  /** Starts the process and waits until it is ready. `env` is for this process only. */
  async boot(env: Record<string, string> = {}) {
    const child = this.launch(env)
    const deadline = Date.now() + 30_000
    for (;;) {
      const ending = child.exitCode ?? child.signalCode
      if (ending !== null) throw new Error(`the server ended with ${ending}:\n${this.#output}`)
      const ready = await fetch(`${this.url}/readyz`).then(
        (response) => response.ok,
        () => false,
      )
      if (ready) return
      if (Date.now() > deadline) throw new Error(`the server is not ready:\n${this.#output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** The environment with which the command line finds this server's store. */
  get env(): Record<string, string> {
    return { ...this.#env, PORT: String(this.port), DATA_DIR: this.dataDir }
  }

  /** Starts the process without waiting. */
  launch(env: Record<string, string> = {}): ChildProcess {
    this.#child = this.spawn(env)
    return this.#child
  }

  /** SIGSTOP suspends the process, SIGCONT resumes it, and SIGUSR2 collects garbage (`collect-garbage.ts`). */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2') {
    this.#child?.kill(signal)
  }

  /** Starts another process with the same settings. */
  spawn(env: Record<string, string> = {}, args: readonly string[] = []): ChildProcess {
    const child = spawn(process.execPath, [...nodeFlags, 'server/main.ts', '--bypass-header', ...args], {
      cwd: this.folder,
      env: { ...process.env, ...startEnvironment, PORT: String(this.port), DATA_DIR: this.dataDir, ...this.#env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    killAtExit(child)
    const keep = (data: Buffer) => {
      this.#output = (this.#output + data.toString()).slice(-maxOutput)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    return child
  }

  /** Sends a signal and waits for the end. Returns the exit code; null after a kill. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const ended = once(child, 'exit')
    child.kill(signal)
    const [code] = (await ended) as [number | null]
    return code
  }

  async dispose() {
    await this.end('SIGKILL')
    rmSync(this.dataDir, { recursive: true, force: true })
  }
}
