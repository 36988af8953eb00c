/** One server process of the cluster. The harness kills, stops, slows and restarts it, and records an exit that it did not cause. */
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { FrescoServer } from '../../e2e/support/server.ts'
import type { TcpProxy } from '../../server/testing/tcp-proxy.ts'

export type Role = 'web' | 'publisher' | 'projector' | 'all'

const readyWithinMs = 60_000
const failpointWithinMs = 30_000
const skewedClock = new URL('./skewed-clock.ts', import.meta.url).href

export interface MemberOptions {
  readonly name: string
  readonly role: Role
  readonly env: Record<string, string>
  /** Null for a direct connection. */
  readonly proxies: { readonly mongo: TcpProxy; readonly redis: TcpProxy | null } | null
  readonly onCrash: (what: string) => void
  /** The checkout whose code it runs; left out: this one. */
  readonly folder?: string
}

export class Member {
  readonly name: string
  readonly role: Role
  readonly proxies: MemberOptions['proxies']
  readonly #server: FrescoServer
  readonly #onCrash: (what: string) => void
  #expected = false
  #disposed = false
  #env: Record<string, string> = {}

  private constructor(server: FrescoServer, { name, role, proxies, onCrash }: MemberOptions) {
    this.name = name
    this.role = role
    this.proxies = proxies
    this.#server = server
    this.#onCrash = onCrash
  }

  static async prepare(options: MemberOptions): Promise<Member> {
    const server = await FrescoServer.prepare(options.env)
    if (options.folder) server.folder = options.folder
    return new Member(server, options)
  }

  get url() {
    return `http://127.0.0.1:${this.#server.port}`
  }

  get pid() {
    return this.#server.pid
  }

  get dataDir() {
    return this.#server.dataDir
  }

  get output() {
    return this.#server.output
  }

  get adminToken() {
    return this.#server.adminToken
  }

  /** The next process runs the code of this checkout. */
  moveTo(folder: string) {
    this.#server.folder = folder
  }

  /** Starts it repeatedly, as a supervisor does, until it is ready. @throws if it never is. */
  async boot(env: Record<string, string> = {}) {
    this.#env = env
    const until = Date.now() + readyWithinMs
    while (!this.#disposed) {
      const child = this.#server.launch(env)
      this.#expected = false
      let hasServed = false
      child.once('exit', (code, signal) => {
        // A process that exits because its database is unreachable has not crashed.
        if (!this.#expected && (hasServed || code !== 1)) this.#onCrash(`${this.name} ended unexpectedly with ${code ?? signal}`)
      })
      while (child.exitCode === null && child.signalCode === null) {
        if (await this.#isReady()) {
          hasServed = true
          return
        }
        if (Date.now() > until) throw new Error(`${this.name} is not ready:\n${this.output.slice(-4_000)}`)
        await wait(50)
      }
      if (this.#expected) return
      if (Date.now() > until) throw new Error(`${this.name} does not start:\n${this.output.slice(-4_000)}`)
      await wait(200)
    }
  }

  async kill() {
    this.#expected = true
    // SIGKILL also ends a stopped process.
    await this.#server.end('SIGKILL')
  }

  /** Returns the exit code. */
  async terminate() {
    this.#expected = true
    return this.#server.end('SIGTERM')
  }

  async restart(env: Record<string, string> = {}) {
    await this.kill()
    await this.boot(env)
  }

  freeze() {
    this.#server.signal('SIGSTOP')
  }

  thaw() {
    this.#server.signal('SIGCONT')
  }

  /** Replaces the process by one that kills itself inside a step, and then by a normal one. @throws if the step is never reached. */
  async dieAt(failpoint: string) {
    await this.kill()
    if (this.#disposed) return
    const child = this.#server.launch({ FAILPOINTS: `${failpoint}=kill`, ALLOW_FAILPOINTS: '1' })
    const timer = setTimeout(() => child.kill('SIGTERM'), failpointWithinMs)
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    clearTimeout(timer)
    await this.boot()
    if (signal !== 'SIGKILL') throw new Error(`${this.name} never came to ${failpoint}: it ended with ${code ?? signal}`)
  }

  /** Gives its clock an offset: see `skewed-clock.ts`. */
  skewClock(offsetsMs: readonly number[]) {
    return this.restart({ NODE_OPTIONS: `--import=${skewedClock}`, CLOCK_OFFSETS_MS: offsetsMs.join() })
  }

  get hasOwnClock() {
    return 'CLOCK_OFFSETS_MS' in this.#env
  }

  async dispose() {
    this.#expected = true
    this.#disposed = true
    await this.#server.dispose()
    await this.proxies?.mongo.close()
    await this.proxies?.redis?.close()
  }

  async #isReady() {
    const signal = AbortSignal.timeout(2_000)
    return fetch(`${this.url}/readyz`, { signal }).then(
      (response) => response.ok,
      () => false,
    )
  }
}
