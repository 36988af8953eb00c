/** Whether this Redis can be used. Each reason against it is a sentence with its remedy. */
import type { Redis } from 'ioredis'
import { type ConnectionOptions, probe, whenReady } from './connections.ts'
import type { RedisNames } from './keys.ts'
import { redisAddress } from './redis-address.ts'
import { findMissing } from './rights.ts'

const minimumMajor = 7

export const cannotBeUsed = (reason: string) => new Error(`Redis cannot be used (REDIS_URL): ${reason}`)

export const lacksRights = (user: string, rights: readonly string[]) =>
  cannotBeUsed(`its user "${user}" lacks the rights ${rights.join(' ')}. Run: ACL SETUSER ${user} ${rights.join(' ')}`)

export const clusterWithoutPartitions = () =>
  cannotBeUsed(
    'it is a Redis Cluster, and a single partition would use only one of its nodes. Set REDIS_PARTITIONS to the number of its primaries or more.',
  )

/** Connects. @throws with a sentence when it cannot be reached, or refuses the connection. */
export const reachRedis = async (client: Redis): Promise<void> => {
  try {
    await whenReady(client, 5_000)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : 'it does not answer'
    throw cannotBeUsed(
      reason.includes('certificate')
        ? `${reason}. Set REDIS_CA_FILE to the certificate of the authority that signed it.`
        : `${reason}. Check the address, the password, and that Redis runs.`,
    )
  }
}

/** @throws with a sentence when it is too old, a replica, lacks a right or a command, may evict keys, or takes no writes. */
export const checkRedis = async (client: Redis, { url, primary }: ConnectionOptions, names: RedisNames): Promise<void> => {
  const isClusterNode = primary !== undefined
  const { username, database } = redisAddress(url)
  // First, because a replica refuses what the rights are tried with.
  checkInfo(await client.info().catch(() => ''), { isClusterNode })
  await checkRights(client, names, { user: username ?? 'default', database })
  // ioredis continues with database 0 when this fails.
  if (database > 0)
    await client
      .select(database)
      .catch((error: Error) => Promise.reject(cannotBeUsed(`it has no database ${database} (${error.message}).`)))
  try {
    await probe(client, names)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it refused a write'
    throw reason.startsWith('OOM')
      ? new Error(
          'Redis is out of memory and takes no writes: raise its maxmemory, or remove what else is in it. Fresco needs about 100 MB there.',
        )
      : cannotBeUsed(`it refused a write (${reason}).`)
  }
}

const checkRights = async (client: Redis, names: RedisNames, { user, database }: { user: string; database: number }) => {
  const { rights, commands } = await findMissing(client, names, database)
  if (commands.length > 0) throw cannotBeUsed(`it does not have ${commands.join(', ')}. Remove rename-command from its configuration.`)
  if (rights.length > 0) throw lacksRights(user, rights)
}

/** `info` is empty when the user may not read it. */
const checkInfo = (info: string, { isClusterNode }: { isClusterNode: boolean }) => {
  const value = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1]
  const version = value('redis_version') ?? String(minimumMajor)
  if (Number.parseInt(version, 10) < minimumMajor) {
    throw new Error(`Redis ${version} is too old: Fresco needs Redis ${minimumMajor} or newer.`)
  }
  // Valkey has another name for it.
  const mode = value('redis_mode') ?? value('server_mode')
  if ((value('cluster_enabled') === '1' || mode === 'cluster') && !isClusterNode) throw clusterWithoutPartitions()
  if (mode === 'sentinel') {
    throw cannotBeUsed(
      'it is a Sentinel, which holds no data. Begin REDIS_URL with redis-sentinel:// and end it with the name of the primary.',
    )
  }
  if (value('role') === 'slave') {
    throw new Error('This Redis is a read-only replica: point REDIS_URL to the primary, or to its Sentinels with redis-sentinel://.')
  }
  const policy = value('maxmemory_policy') ?? 'noeviction'
  if (policy !== 'noeviction') {
    throw cannotBeUsed(
      `its maxmemory-policy is ${policy}, so it may remove keys when its memory is full. Run: CONFIG SET maxmemory-policy noeviction`,
    )
  }
}
