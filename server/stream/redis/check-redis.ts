/** Whether this Redis can be used: whatever is wrong is a sentence with its remedy. */
import type { Redis } from 'ioredis'
import { probe, whenReady } from './connections.ts'
import type { RedisNames } from './keys.ts'

const minimumMajor = 7

/** Connects. @throws with a sentence when it cannot be reached, or does not let us in. */
export const reachRedis = async (client: Redis): Promise<void> => {
  let failure: Error | null = null
  client.once('error', (error: Error) => {
    failure = error
  })
  try {
    await whenReady(client, 5_000)
  } catch {
    const reason = (failure as Error | null)?.message ?? 'it does not answer'
    throw new Error(`Redis cannot be used (REDIS_URL): ${reason}. Check the address, the password, and that Redis runs.`)
  }
}

/** @throws with a sentence when it is too old, a replica, or takes no writes. */
export const checkRedis = async (client: Redis, names: RedisNames): Promise<void> => {
  const info = await client.info()
  const version = /redis_version:(\S+)/.exec(info)?.[1] ?? '0'
  if (Number.parseInt(version, 10) < minimumMajor) {
    throw new Error(`Redis ${version} is too old: Fresco needs Redis ${minimumMajor} or newer.`)
  }
  const mode = /^cluster_enabled:1/m.test(info) ? 'cluster' : /^redis_mode:(\S+)/m.exec(info)?.[1]
  if (mode === 'cluster') {
    throw new Error(
      'Redis cannot be used (REDIS_URL): it is a Redis Cluster, which spreads keys over nodes, and Fresco needs all of them on one. Use a Redis with cluster mode off.',
    )
  }
  if (mode === 'sentinel') {
    throw new Error('Redis cannot be used (REDIS_URL): it is a Sentinel, which holds no data. Point REDIS_URL to the primary.')
  }
  if (/^role:slave/m.test(info)) throw new Error('This Redis is a read-only replica: point REDIS_URL to the primary.')
  try {
    await probe(client, names)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it refused a write'
    throw new Error(
      reason.startsWith('OOM')
        ? 'Redis is out of memory and takes no writes: raise its maxmemory, or remove what else is in it. Fresco needs about 50 MB there.'
        : `Redis cannot be used (REDIS_URL): it refused a write (${reason}).`,
    )
  }
}
