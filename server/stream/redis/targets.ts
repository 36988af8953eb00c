/**
 * Where the partitions of the stream are: on one Redis, on several (`REDIS_URL` lists them, and the partitions take turns), or on the nodes of a Redis
 * Cluster. A single partition has the key names that were used before there were partitions.
 */
import { cannotBeUsed, clusterWithoutPartitions, lacksRights } from './check-redis.ts'
import { ClusterNodes, kindOf } from './cluster-nodes.ts'
import type { ConnectionOptions } from './connections.ts'
import { type RedisHost, redisAddress } from './redis-address.ts'

export interface TargetOptions extends Omit<ConnectionOptions, 'url' | 'primary'> {
  /** The addresses in `REDIS_URL`. */
  readonly urls: readonly string[]
  /** `REDIS_PARTITIONS`. */
  readonly partitions: number
}

export interface Target {
  readonly connection: ConnectionOptions
  /** Host and port, as they are now. */
  server(): string
}

type Servers = readonly [ConnectionOptions, ...ConnectionOptions[]]

/** The part in braces is the hash tag. These tags are spread evenly over the slots, so that few partitions are on different nodes. */
const tagOf = (partition: number) => `{fresco:p${partition}}:`

/** @throws with a sentence when the addresses and the number of partitions do not fit. */
export const findTargets = async ({ urls, partitions, ...options }: TargetOptions): Promise<readonly Target[]> => {
  const servers = urls.map((url) => ({ ...options, url })) as unknown as Servers
  const [first] = servers
  if (partitions === 1 && servers.length === 1) return [plainTarget(first)]
  const refuse = (error: unknown) => {
    throw notFound(error, first)
  }
  const kind = await kindOf(servers).catch(refuse)
  if (kind === 'mixed') throw cannotBeUsed('it lists nodes of a Redis Cluster and other servers. List the ones or the others.')
  if (kind === 'cluster') {
    const targets = clusterTargets(servers, partitions)
    await targets[0]?.connection.primary?.().catch(refuse)
    return targets
  }
  if (servers.length > partitions) {
    throw cannotBeUsed(
      `it lists ${servers.length} servers for ${partitions} partitions. Set REDIS_PARTITIONS to ${servers.length} or more, or list fewer servers.`,
    )
  }
  return Array.from({ length: partitions }, (_, partition) =>
    plainTarget(ofPartition(servers[partition % servers.length] ?? first, partition)),
  )
}

const notFound = (error: unknown, { url }: ConnectionOptions) => {
  const message = error instanceof Error ? error.message : 'it does not answer'
  const command = /^NOPERM.*'(\S+)' command/.exec(message)?.[1]
  if (command === undefined) return cannotBeUsed(`${message}. Check the address, the password, and that Redis runs.`)
  return lacksRights(redisAddress(url).username ?? 'default', command.startsWith('cluster') ? clusterRights : [`+${command}`])
}

const clusterRights = ['+cluster|slots', '+cluster|keyslot']

const ofPartition = (server: ConnectionOptions, partition: number) => ({ ...server, prefix: `${server.prefix ?? ''}${tagOf(partition)}` })

const hostOf = ({ url }: ConnectionOptions) => redisAddress(url).hosts.map(nameOf).join()
const nameOf = ({ host, port }: RedisHost) => `${host}:${port}`

const plainTarget = (connection: ConnectionOptions): Target => ({ connection, server: () => hostOf(connection) })

const clusterTargets = (servers: Servers, partitions: number): Target[] => {
  if (partitions === 1) throw clusterWithoutPartitions()
  if (servers.some(({ url }) => redisAddress(url).database > 0)) {
    throw cannotBeUsed('it names a database, and a Redis Cluster has none. Remove the number, and use REDIS_PREFIX instead.')
  }
  const nodes = new ClusterNodes(servers)
  return Array.from({ length: partitions }, (_, partition) => {
    let now: RedisHost | null = null
    const primary = async () => {
      now = await nodes.primaryOf(tagOf(partition))
      return now
    }
    return { connection: { ...ofPartition(servers[0], partition), primary }, server: () => (now ? nameOf(now) : hostOf(servers[0])) }
  })
}
