import { afterEach, expect, test } from 'vitest'
import { silentLogger } from '../../observability/log.ts'
import { RedisStream } from './redis-stream.ts'
import { TestRedis } from './test-redis.fixture.ts'

let redis: TestRedis
afterEach(() => redis.dispose())

test('a Redis Cluster is refused with a sentence', async () => {
  redis = await TestRedis.start(['--cluster-enabled', 'yes', '--appendonly', 'no'])
  await expect(RedisStream.open({ url: redis.url, logger: silentLogger })).rejects.toThrow('it is a Redis Cluster')
})
