import { Redis } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../observability/log.ts'
import { RedisStream } from './redis-stream.ts'
import { hasRedisServer, TestRedis } from './test-redis.fixture.ts'

let redis: TestRedis | null = null
afterEach(() => redis?.dispose())

/** The message with which the start is refused; '' when it is not. */
const open = async (url: string) => {
  try {
    const stream = await RedisStream.open({ url, logger: silentLogger })
    await stream.close()
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
const openWith = async (...options: string[]) => {
  redis = await TestRedis.start(['--appendonly', 'no', ...options])
  return open(redis.url)
}

describe.skipIf(!hasRedisServer())('redis-server', () => {
  test('a Redis that cannot be reached is refused with a sentence', async () => {
    expect(await open('redis://127.0.0.1:1')).toContain('Redis cannot be used (REDIS_URL): connect ECONNREFUSED 127.0.0.1:1')
  }, 20_000)

  test('a Redis that is out of memory is refused with a sentence', async () => {
    expect(await openWith('--maxmemory', '100kb', '--maxmemory-policy', 'noeviction')).toContain('Redis is out of memory')
  })

  test('a wrong password is refused with a sentence that does not repeat it', async () => {
    redis = await TestRedis.start(['--requirepass', 'right'])
    const message = await open(`redis://:wrong-secret@127.0.0.1:${redis.port}`)
    expect(message).toContain('Redis cannot be used (REDIS_URL): WRONGPASS')
    expect(message).not.toContain('wrong-secret')
  }, 20_000)

  test.each(['XADD', 'EVAL'])('a Redis whose %s is renamed is refused with a sentence', async (command) => {
    expect(await openWith('--rename-command', command, 'other')).toContain(`it does not have ${command}. Remove rename-command`)
  })

  test('a Redis Cluster is refused with a sentence', async () => {
    expect(await openWith('--cluster-enabled', 'yes')).toContain('it is a Redis Cluster')
  })

  test('a read-only replica is refused with a sentence', async () => {
    expect(await openWith('--replicaof', '127.0.0.1 1')).toContain('This Redis is a read-only replica: point REDIS_URL to the primary')
  })

  test.each(['volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl', 'allkeys-lru', 'allkeys-lfu', 'allkeys-random'])(
    'a Redis that may evict keys (%s) is refused with a sentence that names the remedy',
    async (policy) => {
      const message = await openWith('--maxmemory-policy', policy)
      expect(message).toContain(`its maxmemory-policy is ${policy}`)
      const [, remedy = ''] = message.split('Run: ')
      const admin = new Redis(redis?.url ?? '')
      await admin.call(...(remedy.split(' ') as [string]))
      expect(await open(redis?.url ?? '')).toBe('')
      admin.disconnect()
    },
  )

  test('a database that does not exist is refused, and database 0 is not used instead', async () => {
    redis = await TestRedis.start(['--appendonly', 'no', '--databases', '2'])
    expect(await open(`${redis.url}/2`)).toContain('it has no database 2')
    expect(await open(`${redis.url}/1`)).toBe('')
  })
})
