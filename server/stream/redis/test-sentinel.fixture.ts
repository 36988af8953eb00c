/** A primary, a replica and three Sentinels for one test, all with passwords. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../../testing/free-port.ts'
import { freezeProcess } from '../../testing/freeze-process.ts'
import { killAtExit } from '../../testing/kill-at-exit.ts'
import { TestRedis } from './test-redis.fixture.ts'

export const serverPassword = 'server-word'
export const sentinelPassword = 'sentinel-word'

const sentinelConfig = ({ port, primary }: { port: number; primary: number }) => `
port ${port}
requirepass ${sentinelPassword}
sentinel sentinel-pass ${sentinelPassword}
sentinel monitor mymaster 127.0.0.1 ${primary} 2
sentinel auth-pass mymaster ${serverPassword}
sentinel down-after-milliseconds mymaster 700
sentinel failover-timeout mymaster 4000
`

export const spawnSentinel = (folder: string, config: string): ChildProcess => {
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, `dir ${folder}\n${config}`)
  const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' })
  killAtExit(child)
  return child
}

export class TestSentinel {
  readonly url: string
  /** The second one is a replica at first. */
  readonly servers: readonly [TestRedis, TestRedis]
  readonly #sentinels: readonly ChildProcess[]
  readonly #ports: readonly number[]

  private constructor(servers: readonly [TestRedis, TestRedis], ports: readonly number[]) {
    this.servers = servers
    this.#ports = ports
    this.url = `redis-sentinel://:${serverPassword}@${ports.map((port) => `127.0.0.1:${port}`).join()}/mymaster`
    this.#sentinels = ports.map((port) => {
      const folder = join(servers[0].folder, `sentinel-${port}`)
      mkdirSync(folder)
      return spawnSentinel(folder, sentinelConfig({ port, primary: servers[0].port }))
    })
  }

  static async start(): Promise<TestSentinel> {
    const passwords = ['--requirepass', serverPassword, '--masterauth', serverPassword]
    const primary = await TestRedis.start(passwords)
    const replica = await TestRedis.start([...passwords, '--replicaof', `127.0.0.1 ${primary.port}`])
    await replica.untilReplicated(serverPassword)
    const ports = [await freePort(), await freePort(), await freePort()]
    const sentinel = new TestSentinel([primary, replica], ports)
    await sentinel.#untilReady()
    return sentinel
  }

  /** A client of one server, whatever its role. */
  connectTo(server: TestRedis) {
    return new Redis(server.port, '127.0.0.1', { password: serverPassword, retryStrategy: () => 50 }).on('error', () => undefined)
  }

  /** The port of the server that the Sentinels call the primary. */
  primaryPort(): Promise<number> {
    return this.#ask(async (client) => Number(((await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')) as string[])[1]))
  }

  /** Makes the replica the primary while both run. */
  async failOver() {
    await this.#ask((client) => client.call('SENTINEL', 'FAILOVER', 'mymaster'))
  }

  /** Makes the Sentinels name the replica as the primary. */
  async nameReplica() {
    for (const port of this.#ports) {
      await this.#ask(async (client) => {
        await client.call('SENTINEL', 'REMOVE', 'mymaster')
        await client.call('SENTINEL', 'MONITOR', 'mymaster', '127.0.0.1', String(this.servers[1].port), '3')
      }, port)
    }
  }

  /** Two are left, which is enough for a failover. */
  async killSentinel() {
    const child = this.#sentinels.at(-1)
    if (child) await kill(child)
  }

  /** The first one accepts connections and answers none, until the returned function is called. */
  async freezeSentinel(): Promise<() => void> {
    const [child] = this.#sentinels
    if (child?.pid) await freezeProcess(child.pid)
    return () => child?.kill('SIGCONT')
  }

  /** Gives every Sentinel a user with these rights. */
  async addUser(name: string, rights: readonly string[]) {
    for (const port of this.#ports) {
      const client = new Redis(port, '127.0.0.1', { password: sentinelPassword })
      await client.call('ACL', 'SETUSER', name, 'on', `>${sentinelPassword}`, ...rights)
      client.disconnect()
    }
  }

  async dispose() {
    for (const child of this.#sentinels) await kill(child)
    for (const server of this.servers) await server.dispose()
  }

  async #ask<Answer>(question: (client: Redis) => Promise<Answer>, port = this.#ports[0] ?? 0): Promise<Answer> {
    const client = new Redis(port, '127.0.0.1', { password: sentinelPassword, retryStrategy: () => 50 }).on('error', () => undefined)
    try {
      return await question(client)
    } finally {
      client.disconnect()
    }
  }

  /** The Sentinels have found each other and the replica. */
  async #untilReady() {
    for (;;) {
      const info = await this.#ask((client) => client.info('sentinel'))
      if (/status=ok.*slaves=1,sentinels=3/.test(info)) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

const kill = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
