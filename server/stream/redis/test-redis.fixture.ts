/** A Redis for one test, on a free port and in a temporary folder, so that it can be killed and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../../testing/free-port.ts'
import { freezeProcess } from '../../testing/freeze-process.ts'
import { killAtExit } from '../../testing/kill-at-exit.ts'

export const hasRedisServer = () => spawnSync('redis-server', ['--version']).status === 0

export class TestRedis {
  readonly port: number
  readonly url: string
  /** Its files; they may be replaced while it is down. */
  readonly folder = mkdtempSync(join(tmpdir(), 'fresco-redis-'))
  readonly #kept = `${this.folder}-kept`
  readonly #extra: readonly string[]
  #child: ChildProcess | null = null

  private constructor(port: number, extra: readonly string[]) {
    this.port = port
    this.url = `redis://127.0.0.1:${port}`
    this.#extra = extra
  }

  static async start(extra: readonly string[] = []): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), extra)
    await redis.boot()
    return redis
  }

  async boot() {
    const child = spawn(
      'redis-server',
      [
        '--port',
        String(this.port),
        '--dir',
        this.folder,
        '--appendonly',
        'yes',
        '--save',
        '',
        '--repl-diskless-sync-delay',
        '0',
        ...this.#extra,
      ],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    this.#child = child
    killAtExit(child)
    let output = ''
    for await (const data of child.stdout) {
      output += String(data)
      if (output.includes('Ready to accept connections')) break
    }
    child.stdout.resume()
  }

  /** A replica has everything that its primary has. */
  async untilReplicated(password?: string) {
    const client = new Redis(this.port, '127.0.0.1', password ? { password } : {})
    while (!(await client.info('replication')).includes('master_link_status:up')) await new Promise((resolve) => setTimeout(resolve, 20))
    client.disconnect()
  }

  async kill() {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** From now on it accepts connections and commands, and answers none. */
  async freeze() {
    if (this.#child?.pid) await freezeProcess(this.#child.pid)
  }

  thaw() {
    this.#child?.kill('SIGCONT')
  }

  /** Keeps a copy of its files as they are now. It must not be running, or have written everything. */
  keepFiles() {
    cpSync(this.folder, this.#kept, { recursive: true, force: true })
  }

  /** Replaces its files by the kept copy, or by nothing if there is none. It must not be running. */
  bringBackFiles() {
    rmSync(this.folder, { recursive: true, force: true })
    mkdirSync(this.folder)
    if (existsSync(this.#kept)) cpSync(this.#kept, this.folder, { recursive: true })
  }

  async dispose() {
    await this.kill()
    for (const folder of [this.folder, this.#kept]) rmSync(folder, { recursive: true, force: true })
  }
}
