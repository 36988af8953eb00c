import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { asCanvasId, asEpoch } from '../../../lib/brand.ts'
import { silentLogger } from '../../observability/log.ts'
import { streamCommit } from '../contract.ts'
import { redisNames } from './keys.ts'
import { RedisStream } from './redis-stream.ts'
import { hasRedisServer, TestRedis } from './test-redis.fixture.ts'

const names = redisNames({ url: 'redis://localhost' })

describe.skipIf(!hasRedisServer())('redis-server', () => {
  test('A2 an entry that nobody acknowledges is claimed, also behind many entries that are being worked on', async () => {
    const redis = await TestRedis.start()
    const admin = new Redis(redis.url)
    const stream = await RedisStream.open({ url: redis.url, logger: silentLogger })
    await stream.adopt(asCanvasId('main'), asEpoch('epoch001'))
    const join = (consumer: string) => stream.join({ group: 'g', consumer, kind: 'projection', from: 'start' })
    const [busy, alive] = [await join('busy'), await join('alive')]
    await stream.append(Array.from({ length: 30 }, (_, index) => streamCommit(index + 1)))
    const given = await busy.read({ maxCount: 30, blockMs: 100, signal: new AbortController().signal })
    // As if the member had been idle for an hour, except for the first 25 entries.
    for (const [index, { id }] of given.entries()) {
      await admin.xclaim(names.stream, 'g', 'busy', 0, id, 'IDLE', index < 25 ? 0 : 3_600_000, 'JUSTID')
    }
    const claimed = new Set<number>()
    for (let call = 0; call < 20; call++) {
      const delivered = await alive.claim({ minIdleMs: 60_000, maxCount: 1 })
      for (const { commit } of delivered) claimed.add(commit.seq)
      await alive.ack(delivered.map(({ id }) => id))
    }
    expect([...claimed]).toEqual([26, 27, 28, 29, 30])
    await stream.close()
    admin.disconnect()
    await redis.dispose()
  }, 20_000)
})
