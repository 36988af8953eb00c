/** The Redis of a cluster under test: one server, a primary and a replica with Sentinels, or a Redis Cluster. */
import { Redis } from 'ioredis'
import { TestCluster } from '../../server/stream/redis/test-cluster.fixture.ts'
import { TestRedis } from '../../server/stream/redis/test-redis.fixture.ts'
import { sentinelPassword, serverPassword, TestSentinel } from '../../server/stream/redis/test-sentinel.fixture.ts'

export const redisKinds = ['single', 'sentinel', 'cluster'] as const
export type RedisKind = (typeof redisKinds)[number]

export interface RedisDeployment {
  readonly kind: RedisKind
  /** The settings of the server processes. */
  readonly env: Readonly<Record<string, string>>
  readonly servers: readonly [TestRedis, ...TestRedis[]]
  /** The Sentinels of the kind `sentinel`. */
  readonly sentinel: TestSentinel | null
  /** A direct connection to a server, for faults and for reading the stream. */
  clientOf(server: TestRedis): Redis
  dispose(): Promise<void>
}

export const clusterPrimaries = 3
/** Partitions of a Redis Cluster's stream: more than there are nodes, so that each node has some. */
const clusterPartitions = 4

const startSingle = async () => {
  const redis = await TestRedis.start()
  return { env: { REDIS_URL: redis.url }, servers: [redis] as const, sentinel: null, dispose: () => redis.dispose() }
}

const startSentinel = async () => {
  const sentinel = await TestSentinel.start()
  const env = { REDIS_URL: sentinel.url, REDIS_SENTINEL_PASSWORD: sentinelPassword }
  return { env, servers: sentinel.servers, sentinel, dispose: () => sentinel.dispose() }
}

const startCluster = async () => {
  const cluster = await TestCluster.start({ primaries: clusterPrimaries, replicas: clusterPrimaries })
  const servers = [...cluster.primaries, ...cluster.replicas] as [TestRedis, ...TestRedis[]]
  const env = { REDIS_URL: cluster.urls.join(), REDIS_PARTITIONS: String(clusterPartitions) }
  return { env, servers, sentinel: null, dispose: () => cluster.dispose() }
}

const starters = { single: startSingle, sentinel: startSentinel, cluster: startCluster }

export const startRedis = async (kind: RedisKind): Promise<RedisDeployment> => {
  const { dispose, ...started } = await starters[kind]()
  const clients = new Map<TestRedis, Redis>()
  const connect = (server: TestRedis) => {
    const password = started.sentinel ? { password: serverPassword } : {}
    const client = new Redis(server.url, {
      ...password,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      commandTimeout: 500,
      retryStrategy: () => 100,
    })
    // Redis is killed on purpose; a command's caller gets the error.
    client.on('error', () => undefined)
    clients.set(server, client)
    return client
  }
  for (const server of started.servers) connect(server)
  return {
    ...started,
    kind,
    clientOf: (server) => clients.get(server) ?? connect(server),
    async dispose() {
      for (const client of clients.values()) client.disconnect()
      await dispose()
    },
  }
}

/** The servers that are primaries now. A server that does not answer is none. */
export const primariesOf = async ({ servers, clientOf }: RedisDeployment): Promise<TestRedis[]> => {
  const roles = await Promise.all(
    servers.map((server) =>
      clientOf(server)
        .call('ROLE')
        .then(
          (role) => (role as unknown[])[0] === 'master',
          () => false,
        ),
    ),
  )
  return servers.filter((_, index) => roles[index])
}
