import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { asCanvasId, asEpoch } from '../../../lib/brand.ts'
import { silentLogger } from '../../observability/log.ts'
import { streamCommit } from '../contract.ts'
import { redisNames } from './keys.ts'
import { RedisStream } from './redis-stream.ts'
import { StreamTrimming } from './stream-trimming.ts'
import { hasRedisServer, TestRedis } from './test-redis.fixture.ts'

const names = redisNames({ url: 'redis://localhost' })
const { signal } = new AbortController()

describe.skipIf(!hasRedisServer())('redis-server', () => {
  let redis: TestRedis
  let admin: Redis
  let stream: RedisStream
  let trimming: StreamTrimming
  beforeAll(async () => {
    redis = await TestRedis.start(['--appendonly', 'no'])
    admin = new Redis(redis.url)
  })
  afterAll(async () => {
    admin.disconnect()
    await redis.dispose()
  })
  beforeEach(async () => {
    await admin.flushall()
    stream = await RedisStream.open({ url: redis.url, logger: silentLogger })
    trimming = new StreamTrimming(admin, names)
    return () => stream.close()
  })

  const gateway = (group: string) => stream.join({ group, consumer: 'one', kind: 'broadcast', from: 'start' })
  const projector = (consumer: string) => stream.join({ group: 'history', consumer, kind: 'projection', from: 'start' })
  let beats = 0
  const beat = (field: string) => admin.hset(names.heartbeats, field, `beat ${++beats}`)
  const groups = async () => (await stream.info()).groups.map(({ name }) => name)
  const members = async () => ((await admin.xinfo('CONSUMERS', names.stream, 'history')) as string[][]).map((row) => row[1])
  const fill = async ({ count, bytes }: { count: number; bytes: number }) => {
    const pipeline = admin.pipeline()
    for (let i = 0; i < count; i++) pipeline.xadd(names.stream, '*', 'm', '[]', 'p', Buffer.alloc(bytes))
    await pipeline.exec()
  }

  test('the group of a gateway is removed after three checks without a heartbeat, and one whose heartbeat changes is kept', async () => {
    await gateway('gateway-gone')
    await gateway('gateway-here')
    await projector('one')
    const removed: string[] = []
    for (let look = 0; look < 4; look++) {
      expect(removed).toEqual([])
      await beat('gateway-here one')
      removed.push(...(await trimming.step()).removed)
    }
    expect(removed).toEqual(['gateway-gone'])
    expect(await groups()).toEqual(['gateway-here', 'history'])
    expect(Object.keys(await admin.hgetall(names.heartbeats)).sort()).toEqual(['gateway-here one', 'history one'])
  })

  test('a member of a shared group that reads and receives nothing is kept; one without a process is removed after sixty checks', async () => {
    await projector('quiet')
    await projector('gone')
    for (let look = 0; look < 60; look++) {
      await beat('history quiet')
      await trimming.step()
    }
    expect(await members()).toEqual(['gone', 'quiet'])
    await beat('history quiet')
    await trimming.step()
    expect(await members()).toEqual(['quiet'])
    expect(Object.keys(await admin.hgetall(names.heartbeats))).toEqual(['history quiet'])
  })

  test('a member without a process that holds an entry is kept until another one has taken the entry', async () => {
    const gone = await projector('gone')
    await stream.adopt(asCanvasId('main'), asEpoch('epoch001'))
    await stream.append([streamCommit(1)])
    expect(await gone.read({ maxCount: 1, blockMs: 0, signal })).toHaveLength(1)
    const alive = await projector('alive')
    for (let look = 0; look < 70; look++) {
      await beat('history alive')
      await trimming.step()
    }
    expect(await members()).toEqual(['alive', 'gone'])
    await alive.claim({ minIdleMs: 0, maxCount: 10 })
    await trimming.step()
    expect(await members()).toEqual(['alive'])
  })

  test('heartbeats that Redis evicts again and again remove no live group and no live member', async () => {
    await gateway('gateway-one')
    await projector('one')
    for (let look = 0; look < 100; look++) {
      await admin.del(names.heartbeats)
      if (look % 2 === 0) for (const field of ['gateway-one one', 'history one']) await beat(field)
      expect((await trimming.step()).removed).toEqual([])
    }
    expect(await members()).toEqual(['one'])
  })

  test('no key of a running Fresco has an expiry, so an eviction policy that prefers such keys has none of Fresco’s', async () => {
    const reader = await gateway('gateway-one')
    await stream.adopt(asCanvasId('main'), asEpoch('epoch001'))
    await stream.append([streamCommit(1)])
    await reader.read({ maxCount: 1, blockMs: 0, signal })
    await admin.del(names.probe)
    for (const key of await admin.keys('*')) expect([key, await admin.ttl(key)]).toEqual([key, -1])
  })

  test('all entries beyond the reserve that every live group has read are trimmed in one step', async () => {
    await fill({ count: 45_000, bytes: 10 })
    await trimming.step()
    expect(await admin.xlen(names.stream)).toBeLessThan(10_200)
  }, 20_000)

  test('entries that a live group has not read are kept beyond the reserve', async () => {
    await gateway('gateway-slow')
    await fill({ count: 15_000, bytes: 10 })
    await trimming.step()
    expect(await admin.xlen(names.stream)).toBe(15_000)
  }, 20_000)

  test('large entries are trimmed to 64 MiB, the newest are kept, whatever small entries came before', async () => {
    await gateway('gateway-slow')
    await fill({ count: 5_000, bytes: 10 })
    await fill({ count: 200, bytes: 512 * 1024 })
    const newest = (await admin.xrevrange(names.stream, '+', '-', 'COUNT', 1))[0]?.[0]
    await trimming.step()
    const bytes = Number(await admin.call('MEMORY', 'USAGE', names.stream, 'SAMPLES', '0'))
    expect(bytes).toBeLessThan(64 * 2 ** 20)
    expect(bytes).toBeGreaterThan(56 * 2 ** 20)
    expect((await admin.xrevrange(names.stream, '+', '-', 'COUNT', 1))[0]?.[0]).toBe(newest)
  }, 30_000)

  test('what Redis keeps for entries that are delivered and not acknowledged counts as no entry, so it does not empty the stream', async ({
    skip,
  }) => {
    const reader = await gateway('gateway-busy')
    await fill({ count: 120_000, bytes: 10 })
    await admin.xreadgroup('GROUP', reader.group, 'one', 'COUNT', 120_000, 'STREAMS', names.stream, '>')
    const bytes = Number(await admin.call('MEMORY', 'USAGE', names.stream, 'SAMPLES', '0'))
    skip(bytes < 64 * 2 ** 20, 'this server needs less for such entries')
    await trimming.step()
    expect(await admin.xlen(names.stream)).toBeGreaterThan(9_900)
  }, 30_000)

  test('a process that appends much trims at once, without a wait for the next check', async () => {
    await stream.adopt(asCanvasId('main'), asEpoch('epoch001'))
    const content = { kind: 'sticker', bytes: new Uint8Array(512 * 1024) }
    for (let seq = 1; seq <= 200; seq++) await stream.append([streamCommit(seq, { pixels: [], content })])
    await vi.waitFor(async () => {
      const bytes = Number(await admin.call('MEMORY', 'USAGE', names.stream, 'SAMPLES', '0'))
      expect(bytes).toBeLessThan(80 * 2 ** 20)
    })
  }, 30_000)
})
