/** Faults of Redis: those of any server, and those of its deployments. A fault is over when every server runs and answers. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { TestRedis } from '../../server/stream/redis/test-redis.fixture.ts'
import type { Random } from '../random.ts'
import type { Fault } from './faults.ts'
import { clusterPrimaries, primariesOf, type RedisDeployment, type RedisKind } from './redis-deployment.ts'

interface Victim {
  readonly deployment: RedisDeployment
  /** A primary. */
  readonly redis: TestRedis
  readonly client: Redis
  readonly random: Random
}

interface Kinds {
  readonly hangs?: boolean
  readonly redis?: readonly RedisKind[]
}

const redisFault = (name: string, act: (victim: Victim) => Promise<void>, { hangs = false, redis }: Kinds = {}): Fault => ({
  name: `Redis: ${name}`,
  kind: 'redis',
  hangs,
  stacks: ['services'],
  ...(redis ? { redis } : {}),
  async inject({ services }, random) {
    if (!services) throw new Error('this stack has no services')
    const deployment = services.redis
    const victim = random.pick(await primariesOf(deployment))
    if (!victim) throw new Error('no primary answers')
    await act({ deployment, redis: victim, client: deployment.clientOf(victim), random })
  },
})

const clearFolder = (folder: string) => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
}

const streamsOf = (client: Redis) => client.keys('*pixels:events')

const waitsMs = 20_000

const until = async (what: string, isSo: () => Promise<boolean>) => {
  const end = performance.now() + waitsMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${waitsMs / 1_000} s`)
    await wait(50)
  }
}

const primaryCount = ({ kind }: RedisDeployment) => (kind === 'cluster' ? clusterPrimaries : 1)

/** Waits until another server is the primary instead of the one that is away. */
const untilReplaced = (deployment: RedisDeployment, away: TestRedis) => {
  const isOther = (server: TestRedis) => server !== away
  return until('a replica takes over', async () => (await primariesOf(deployment)).filter(isOther).length === primaryCount(deployment))
}

/** Every server answers and has its role: a primary that comes back is a primary until the Sentinels or the nodes demote it. */
const untilWhole = (deployment: RedisDeployment) =>
  until('every server is back', async () => {
    const { servers, clientOf } = deployment
    const reports = await Promise.all(
      servers.map((server) =>
        clientOf(server)
          .info('replication')
          .catch(() => ''),
      ),
    )
    const count = (role: RegExp) => reports.filter((report) => role.test(report)).length
    const primaries = count(/role:master/)
    return primaries === primaryCount(deployment) && primaries + count(/master_link_status:up/) === servers.length
  })

const single = { redis: ['single'] } as const
const failsOver = { redis: ['sentinel', 'cluster'] } as const

export const redisFaults: readonly Fault[] = [
  redisFault('FLUSHALL', async ({ client }) => void (await client.flushall())),
  redisFault('XTRIM to nothing', async ({ client }) => {
    for (const stream of await streamsOf(client)) await client.xtrim(stream, 'MAXLEN', 0)
  }),
  redisFault(
    'killed and started again (aof)',
    async ({ redis, random }) => {
      await redis.kill()
      await wait(random.below(2_000))
      await redis.boot()
    },
    single,
  ),
  redisFault(
    'started again empty',
    async ({ redis }) => {
      await redis.kill()
      clearFolder(redis.folder)
      await redis.boot()
    },
    single,
  ),
  redisFault(
    'started again from an older file',
    async ({ redis }) => {
      const older = mkdtempSync(join(tmpdir(), 'fresco-older-'))
      await redis.kill()
      cpSync(redis.folder, older, { recursive: true })
      await redis.boot()
      await wait(2_500)
      await redis.kill()
      clearFolder(redis.folder)
      cpSync(older, redis.folder, { recursive: true })
      rmSync(older, { recursive: true, force: true })
      await redis.boot()
    },
    single,
  ),
  redisFault('CLIENT KILL of every connection', async ({ client, random }) => {
    for (let times = 0; times < 3; times++) {
      await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub', 'SKIPME', 'yes')
      await wait(200 + random.below(300))
    }
  }),
  redisFault(
    'CLIENT PAUSE',
    async ({ client, random }) => {
      const ms = 1_000 + random.below(3_000)
      await client.client('PAUSE', ms, 'ALL')
      await wait(ms)
    },
    { hangs: true, ...single },
  ),
  redisFault('out of memory', async ({ client, random }) => {
    await client.config('SET', 'maxmemory', '1mb')
    await wait(1_500 + random.below(1_500))
    await client.config('SET', 'maxmemory', '0')
  }),
  redisFault(
    'hung (SIGSTOP)',
    async ({ redis, random }) => {
      await redis.freeze()
      await wait(3_000 + random.below(2_000))
      redis.thaw()
    },
    { hangs: true, ...single },
  ),
  redisFault(
    'the primary is killed, its replica takes over, and it comes back',
    async ({ deployment, redis, random }) => {
      await redis.kill()
      await untilReplaced(deployment, redis)
      await wait(random.below(2_000))
      await redis.boot()
      await untilWhole(deployment)
    },
    failsOver,
  ),
  redisFault(
    'the primary hangs, its replica takes over, and it goes on',
    async ({ deployment, redis, random }) => {
      await redis.freeze()
      await untilReplaced(deployment, redis)
      await wait(random.below(2_000))
      redis.thaw()
      await untilWhole(deployment)
    },
    { hangs: true, ...failsOver },
  ),
  redisFault(
    'a failover while both servers run',
    async ({ deployment, redis }) => {
      await deployment.sentinel?.failOver()
      await until('the roles change', async () => !(await primariesOf(deployment)).includes(redis))
      await untilWhole(deployment)
    },
    { redis: ['sentinel'] },
  ),
]
