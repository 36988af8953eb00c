/**
 * From the outbox to the frame on a Redis that hangs, is full, loses data, or restarts with an old file. In the end no commit is missing,
 * none is in the stream twice, and frames are in order, without an operator (A2, A3).
 */
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asPainterId, asPosition, asTile } from '../../lib/brand.ts'
import { systemClock } from '../clock.ts'
import { type FailpointName, noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { decodeEntry } from '../stream/redis/entry.ts'
import { redisNames } from '../stream/redis/keys.ts'
import { RedisStream } from '../stream/redis/redis-stream.ts'
import { hasRedisServer, TestRedis } from '../stream/redis/test-redis.fixture.ts'
import { workerContext } from '../worker-context.fixture.ts'
import { Delivery, main } from './delivery.fixture.ts'

const names = redisNames({ url: 'redis://localhost' })

const isThere = hasRedisServer()
if (!isThere && process.env['REQUIRE_SERVICES'] === '1') throw new Error('redis-server is not installed')

const tile = asTile(0)
const patience = { timeout: 15_000, interval: 20 }

describe.skipIf(!isThere)('redis-server', () => {
  let redis: TestRedis
  let stream: RedisStream
  let admin: Redis
  let delivery: Delivery

  beforeEach(async () => {
    redis = await TestRedis.start()
    stream = await RedisStream.open({ url: redis.url, logger: silentLogger })
    admin = new Redis(redis.url, { retryStrategy: () => 50 }).on('error', () => undefined)
    delivery = await Delivery.open(stream)
  })
  afterEach(async () => {
    redis.thaw()
    await delivery.stop()
    admin.disconnect()
    await stream.close()
    await redis.dispose()
  })

  const seqsInStream = async () => {
    const entries = await admin.xrangeBuffer(names.stream, '-', '+')
    return entries.flatMap(([, fields]) => decodeEntry(fields)?.seq ?? [])
  }
  const nothingIsThereTwice = async () => {
    const seqs = await seqsInStream()
    expect(new Set(seqs).size).toBe(seqs.length)
    return seqs
  }
  const attempts = async () => (await delivery.store.getUnpublished({ limit: 100 })).map((commit) => commit.attempts)

  test('A2 A3 while Redis hangs, gateways follow the outbox and calls fail at once; afterwards no entry is missing or doubled', async () => {
    await delivery.startAll()
    await delivery.place(5)
    await vi.waitFor(delivery.expectShown, patience)
    await redis.freeze()
    await delivery.place(20)
    await vi.waitFor(delivery.expectShown, patience)
    const startedAt = performance.now()
    for (let i = 0; i < 20; i++) await expect(stream.info()).rejects.toMatchObject({ code: 'unavailable' })
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(Math.max(...(await attempts()))).toBeLessThanOrEqual(1)
    redis.thaw()
    await delivery.place(5)
    await vi.waitFor(delivery.expectPublished, patience)
    await vi.waitFor(delivery.expectShown, patience)
    delivery.expectFramesInOrder()
    expect(await nothingIsThereTwice()).toHaveLength(delivery.placed)
  })

  test('A6 while Redis hangs for long, commands do not pile up, and new connections replace the old ones', async () => {
    await delivery.startAll()
    await vi.waitFor(async () => expect((await stream.info()).groups).toHaveLength(1))
    const ids = async (): Promise<string[]> => String(await admin.client('LIST')).match(/id=\d+(?=.*fresco-)/g) ?? []
    const before = await ids()
    await redis.freeze()
    await vi.waitFor(() => expect(stream.info()).rejects.toMatchObject({ code: 'unavailable' }), patience)
    for (let i = 0; i < 10_000; i++) stream.signal({ kind: 'me', canvas: main, painter: asPainterId(`p_${i}`) })
    redis.thaw()
    await vi.waitFor(async () => expect((await stream.info()).connected).toBe(true), patience)
    await vi.waitFor(async () => expect(await ids()).toHaveLength(3), patience)
    expect((await ids()).filter((id) => before.includes(id))).toEqual([])
    expect(Number(/cmdstat_publish:calls=(\d+)/.exec(await admin.info('commandstats'))?.[1] ?? 0)).toBeLessThan(20)
  })

  test('A2 a Redis out of memory counts against no commit, and publishing continues when there is memory', async () => {
    await delivery.startAll()
    await delivery.place(3)
    await vi.waitFor(delivery.expectPublished, patience)
    await admin.config('SET', 'maxmemory-policy', 'noeviction')
    await admin.config('SET', 'maxmemory', '1')
    await delivery.place(10)
    await vi.waitFor(delivery.expectShown, patience)
    await vi.waitFor(async () => expect(await attempts()).toEqual(Array(10).fill(0)), patience)
    await admin.config('SET', 'maxmemory', '0')
    await vi.waitFor(delivery.expectPublished, patience)
    delivery.expectFramesInOrder()
    expect(await nothingIsThereTwice()).toHaveLength(delivery.placed)
  })

  test('a Redis that answers PING and pauses writes counts as unavailable, and publishing continues afterwards', async () => {
    await delivery.startAll()
    await delivery.place(3)
    await vi.waitFor(delivery.expectPublished, patience)
    await admin.client('PAUSE', 5_000, 'WRITE')
    await delivery.place(3)
    await vi.waitFor(() => expect(stream.info()).rejects.toMatchObject({ code: 'unavailable' }), patience)
    await vi.waitFor(delivery.expectShown, patience)
    await vi.waitFor(delivery.expectPublished, patience)
    expect(await nothingIsThereTwice()).toHaveLength(delivery.placed)
  })

  test('killed connections during placements leave no entry missing or doubled', async () => {
    await delivery.startAll()
    for (let i = 0; i < 10; i++) {
      await delivery.place(5)
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    }
    await vi.waitFor(delivery.expectPublished, patience)
    await vi.waitFor(delivery.expectShown, patience)
    delivery.expectFramesInOrder()
    expect(await nothingIsThereTwice()).toHaveLength(delivery.placed)
  })

  for (const [name, lose] of [
    ['flushed', () => admin.flushall()],
    [
      'killed and started empty',
      async () => {
        await redis.kill()
        redis.bringBackFiles()
        await redis.boot()
      },
    ],
  ] as const) {
    test(`A2 A3 after Redis is ${name} during placements, publishing continues and the gateway's group exists again`, async () => {
      await delivery.startAll()
      await delivery.place(20)
      await vi.waitFor(delivery.expectShown, patience)
      await lose()
      await delivery.place(20)
      await vi.waitFor(delivery.expectPublished, patience)
      await vi.waitFor(delivery.expectShown, patience)
      delivery.expectFramesInOrder()
      await nothingIsThereTwice()
      await vi.waitFor(async () => expect((await stream.info()).groups).toMatchObject([{ name: 'gateway-one', pending: 0 }]), patience)
      await delivery.place(1)
      await vi.waitFor(async () => expect(await seqsInStream()).toContain(delivery.placed), patience)
    })

    test(`A2 after Redis is ${name} while a projector lags, the history is complete without further placements`, async () => {
      delivery.start(delivery.publisher(), delivery.headKeeper())
      await delivery.place(20)
      await vi.waitFor(delivery.expectPublished, patience)
      await lose()
      delivery.start(delivery.projector())
      const history = () => delivery.store.projections.readHistory({ canvas: main, tile, position: asPosition(19), limit: 5 })
      await vi.waitFor(async () => expect(await history()).toHaveLength(1), { timeout: 25_000, interval: 100 })
      await delivery.place(1)
      await vi.waitFor(async () => expect((await stream.info()).groups).toMatchObject([{ name: 'history', pending: 0 }]), patience)
    })
  }

  test('A2 A3 after Redis restarts with an older file, the lost entries are appended once', async () => {
    await delivery.startAll()
    await delivery.place(10)
    await vi.waitFor(delivery.expectPublished, patience)
    await vi.waitFor(delivery.expectShown, patience)
    await redis.kill()
    redis.keepFiles()
    await redis.boot()
    await delivery.place(10)
    await vi.waitFor(delivery.expectPublished, patience)
    await redis.kill()
    redis.bringBackFiles()
    await redis.boot()
    await delivery.place(10)
    await vi.waitFor(delivery.expectPublished, patience)
    await vi.waitFor(delivery.expectShown, patience)
    delivery.expectFramesInOrder()
    await vi.waitFor(async () => expect((await nothingIsThereTwice()).length).toBeGreaterThanOrEqual(20), patience)
  })

  for (const place of ['before it appends', 'before it marks', 'while it fills a gap'] as const) {
    test(`A3 a publisher that is frozen ${place} doubles and reorders nothing when it continues`, async () => {
      const gate = Promise.withResolvers<void>()
      const frozen = Promise.withResolvers<void>()
      const freezeOnce = async () => {
        frozen.resolve()
        await gate.promise
      }
      const freezingAt = (place: FailpointName) => {
        const hit = async (name: FailpointName) => (name === place ? freezeOnce() : undefined)
        return workerContext({ clock: systemClock, random: Math.random, failpoints: { ...noFailpoints, hit } })
      }
      const frozenOne = {
        'before it appends': delivery.publisher({ context: freezingAt('publisher.before-append') }),
        'before it marks': delivery.publisher({ context: freezingAt('publisher.before-mark') }),
        'while it fills a gap': delivery.publisher({
          store: { ...delivery.store, readCommits: async (options) => delivery.store.readCommits(options).finally(freezeOnce) },
        }),
      }[place]
      await stream.adopt(main, testCanvas().epoch)
      await delivery.place(5)
      if (place === 'while it fills a gap') {
        const first = delivery.publisher()
        while ((await first.step()) === 'more');
        // The stream then has the first two entries only, as with an old file.
        const entries = await admin.xrange(names.stream, '-', '+')
        for (const [id] of entries.slice(2)) await admin.xdel(names.stream, id)
        await admin.hset('fresco:tails:main', '0', 2)
        await delivery.place(2)
      }
      const step = frozenOne.step()
      await frozen.promise
      const other = delivery.publisher()
      await delivery.place(5)
      await vi.waitFor(async () => {
        await other.step()
        await delivery.expectPublished()
      }, patience)
      await delivery.place(3)
      gate.resolve()
      await step
      await vi.waitFor(async () => {
        await frozenOne.step()
        await other.step()
        await delivery.expectPublished()
      }, patience)
      const seqs = await nothingIsThereTwice()
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
      expect(seqs).toHaveLength(delivery.placed)
    })
  }
})
