/**
 * From the outbox to the frame on a Redis that hangs, is full, loses data, or restarts with an old file. In the end no commit is missing,
 * none is in the stream twice, and frames are in order, without an operator (A2, A3).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asCanvasId, asPosition, asTile } from '../../lib/brand.ts'
import { Broadcaster } from '../broadcasting/broadcaster.ts'
import type { TileFrame } from '../broadcasting/port.ts'
import { TileCache } from '../broadcasting/tile-cache.ts'
import { systemClock } from '../clock.ts'
import { type FailpointName, noFailpoints } from '../failpoints.ts'
import { createSupervisor, type Supervisor } from '../lifecycle.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import { LogProjection } from '../projecting/log-projection.ts'
import { Projector } from '../projecting/projector.ts'
import type { Store } from '../store/port.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { decodeEntry } from '../stream/redis/entry.ts'
import { redisNames } from '../stream/redis/keys.ts'
import { RedisStream } from '../stream/redis/redis-stream.ts'
import { hasRedisServer, TestRedis } from '../stream/redis/test-redis.fixture.ts'
import { workerContext } from '../worker-context.fixture.ts'
import { HeadKeeper } from './head-keeper.ts'
import { createTestPublisher } from './publisher.fixture.ts'
import type { PublisherOptions } from './publisher.ts'

const names = redisNames({ url: 'redis://localhost' })

const isThere = hasRedisServer()
if (!isThere && process.env['REQUIRE_SERVICES'] === '1') throw new Error('redis-server is not installed')

const main = asCanvasId('main')
const tile = asTile(0)
const patience = { timeout: 15_000, interval: 20 }

describe.skipIf(!isThere)('redis-server', () => {
  let folder: string
  let redis: TestRedis
  let store: Store
  let stream: RedisStream
  let admin: Redis
  let supervisor: Supervisor
  let placed: number
  let frames: TileFrame[]

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fresco-outage-'))
    redis = await TestRedis.start()
    store = await openSqliteStore({ file: join(folder, 'fresco.db') })
    await store.ensureCanvas(testCanvas())
    stream = await RedisStream.open({ url: redis.url, logger: silentLogger })
    admin = new Redis(redis.url, { retryStrategy: () => 50 }).on('error', () => undefined)
    supervisor = createSupervisor({ logger: silentLogger, now: Date.now, random: Math.random })
    placed = 0
    frames = []
  })
  afterEach(async () => {
    redis.thaw()
    await supervisor.stop()
    admin.disconnect()
    await stream.close()
    await store.close()
    await redis.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const shared = () => ({ store, stream, context: workerContext({ clock: systemClock, random: Math.random }), metrics: noMetrics })
  const publisher = (more: Partial<PublisherOptions> = {}) =>
    createTestPublisher({ ...shared(), intervals: { pollMs: 20, publishMs: 0 }, ...more })
  const headKeeper = () => new HeadKeeper({ store, stream, logger: silentLogger })
  const projector = () =>
    new Projector({ ...shared(), projection: new LogProjection({ name: 'history', store, logger: silentLogger }), consumer: 'one' })

  /** A publisher, and a gateway whose frames are collected. */
  const startAll = async () => {
    const tiles: TileCache = new TileCache({ store, watched: () => true })
    const sink = { frame: (frame: TileFrame) => void frames.push(frame), resync: () => undefined, sockets: () => 1 }
    await tiles.open({ canvas: main, tile })
    const broadcaster = new Broadcaster({ ...shared(), gateway: 'one', tiles, sink })
    for (const service of [publisher(), headKeeper(), broadcaster.follow, broadcaster.watchHeads]) supervisor.start(service)
  }
  const placeSome = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const id = `group${String(placed).padStart(8, '0')}`
      await store.place({ id, requests: [paint({ gx: placed % 64, gy: 0, color: placed % 4 })], nowMs: Date.now() })
      placed++
    }
  }
  const allIsPublished = async () => expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0, dead: 0 })
  const allIsShown = () => expect(frames.at(-1)?.to).toBe(placed)
  const framesAreInOrder = () => {
    let seq = 0
    for (const { from, to } of frames) {
      expect(from).toBe(seq + 1)
      seq = to
    }
  }
  const seqsInStream = async () => {
    const entries = await admin.xrangeBuffer(names.stream, '-', '+')
    return entries.flatMap(([, fields]) => decodeEntry(fields)?.seq ?? [])
  }
  const nothingIsThereTwice = async () => {
    const seqs = await seqsInStream()
    expect(new Set(seqs).size).toBe(seqs.length)
    return seqs
  }
  const attempts = async () => (await store.getUnpublished({ limit: 100 })).map((commit) => commit.attempts)

  test('A2 A3 while Redis hangs, gateways follow the outbox and calls fail at once; afterwards no entry is missing or doubled', async () => {
    await startAll()
    await placeSome(5)
    await vi.waitFor(allIsShown, patience)
    await redis.freeze()
    await placeSome(20)
    await vi.waitFor(allIsShown, patience)
    const startedAt = performance.now()
    for (let i = 0; i < 20; i++) await expect(stream.info()).rejects.toMatchObject({ code: 'unavailable' })
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(Math.max(...(await attempts()))).toBeLessThanOrEqual(1)
    redis.thaw()
    await placeSome(5)
    await vi.waitFor(allIsPublished, patience)
    await vi.waitFor(allIsShown, patience)
    framesAreInOrder()
    expect(await nothingIsThereTwice()).toHaveLength(placed)
  })

  test('A6 while Redis hangs for long, commands do not pile up, and new connections replace the old ones', async () => {
    await startAll()
    await vi.waitFor(async () => expect((await stream.info()).groups).toHaveLength(1))
    const ids = async (): Promise<string[]> => String(await admin.client('LIST')).match(/id=\d+(?=.*fresco-)/g) ?? []
    const before = await ids()
    await redis.freeze()
    await vi.waitFor(() => expect(stream.info()).rejects.toMatchObject({ code: 'unavailable' }), patience)
    for (let i = 0; i < 10_000; i++) stream.signal({ kind: 'canvas', canvas: main, rev: i })
    redis.thaw()
    await vi.waitFor(async () => expect((await stream.info()).connected).toBe(true), patience)
    await vi.waitFor(async () => expect(await ids()).toHaveLength(3), patience)
    expect((await ids()).filter((id) => before.includes(id))).toEqual([])
    expect(Number(/cmdstat_publish:calls=(\d+)/.exec(await admin.info('commandstats'))?.[1] ?? 0)).toBeLessThan(20)
  })

  test('A2 a Redis out of memory counts against no commit, and publishing continues when there is memory', async () => {
    await startAll()
    await placeSome(3)
    await vi.waitFor(allIsPublished, patience)
    await admin.config('SET', 'maxmemory-policy', 'noeviction')
    await admin.config('SET', 'maxmemory', '1')
    await placeSome(10)
    await vi.waitFor(allIsShown, patience)
    await vi.waitFor(async () => expect(await attempts()).toEqual(Array(10).fill(0)), patience)
    await admin.config('SET', 'maxmemory', '0')
    await vi.waitFor(allIsPublished, patience)
    framesAreInOrder()
    expect(await nothingIsThereTwice()).toHaveLength(placed)
  })

  test('a Redis that answers PING and pauses writes counts as unavailable, and publishing continues afterwards', async () => {
    await startAll()
    await placeSome(3)
    await vi.waitFor(allIsPublished, patience)
    await admin.client('PAUSE', 5_000, 'WRITE')
    await placeSome(3)
    await vi.waitFor(() => expect(stream.info()).rejects.toMatchObject({ code: 'unavailable' }), patience)
    await vi.waitFor(allIsShown, patience)
    await vi.waitFor(allIsPublished, patience)
    expect(await nothingIsThereTwice()).toHaveLength(placed)
  })

  test('killed connections during placements leave no entry missing or doubled', async () => {
    await startAll()
    for (let i = 0; i < 10; i++) {
      await placeSome(5)
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    }
    await vi.waitFor(allIsPublished, patience)
    await vi.waitFor(allIsShown, patience)
    framesAreInOrder()
    expect(await nothingIsThereTwice()).toHaveLength(placed)
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
      await startAll()
      await placeSome(20)
      await vi.waitFor(allIsShown, patience)
      await lose()
      await placeSome(20)
      await vi.waitFor(allIsPublished, patience)
      await vi.waitFor(allIsShown, patience)
      framesAreInOrder()
      await nothingIsThereTwice()
      await vi.waitFor(async () => expect((await stream.info()).groups).toMatchObject([{ name: 'gateway-one', pending: 0 }]), patience)
      await placeSome(1)
      await vi.waitFor(async () => expect(await seqsInStream()).toContain(placed), patience)
    })

    test(`A2 after Redis is ${name} while a projector lags, the history is complete without further placements`, async () => {
      for (const service of [publisher(), headKeeper()]) supervisor.start(service)
      await placeSome(20)
      await vi.waitFor(allIsPublished, patience)
      await lose()
      supervisor.start(projector())
      const history = () => store.projections.readHistory({ canvas: main, tile, position: asPosition(19), limit: 5 })
      await vi.waitFor(async () => expect(await history()).toHaveLength(1), { timeout: 25_000, interval: 100 })
      await placeSome(1)
      await vi.waitFor(async () => expect((await stream.info()).groups).toMatchObject([{ name: 'history', pending: 0 }]), patience)
    })
  }

  test('A2 A3 after Redis restarts with an older file, the lost entries are appended once', async () => {
    await startAll()
    await placeSome(10)
    await vi.waitFor(allIsPublished, patience)
    await vi.waitFor(allIsShown, patience)
    await redis.kill()
    redis.keepFiles()
    await redis.boot()
    await placeSome(10)
    await vi.waitFor(allIsPublished, patience)
    await redis.kill()
    redis.bringBackFiles()
    await redis.boot()
    await placeSome(10)
    await vi.waitFor(allIsPublished, patience)
    await vi.waitFor(allIsShown, patience)
    framesAreInOrder()
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
        'before it appends': publisher({ context: freezingAt('publisher.before-append') }),
        'before it marks': publisher({ context: freezingAt('publisher.before-mark') }),
        'while it fills a gap': publisher({
          store: { ...store, readCommits: async (options) => store.readCommits(options).finally(freezeOnce) },
        }),
      }[place]
      await stream.adopt(main, testCanvas().epoch)
      await placeSome(5)
      if (place === 'while it fills a gap') {
        const first = publisher()
        while ((await first.step()) === 'more');
        // The stream then has the first two entries only, as with an old file.
        const entries = await admin.xrange(names.stream, '-', '+')
        for (const [id] of entries.slice(2)) await admin.xdel(names.stream, id)
        await admin.hset('fresco:tails:main', '0', 2)
        await placeSome(2)
      }
      const step = frozenOne.step()
      await frozen.promise
      const other = publisher()
      await placeSome(5)
      await vi.waitFor(async () => {
        await other.step()
        await allIsPublished()
      }, patience)
      await placeSome(3)
      gate.resolve()
      await step
      await vi.waitFor(async () => {
        await frozenOne.step()
        await other.step()
        await allIsPublished()
      }, patience)
      const seqs = await nothingIsThereTwice()
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
      expect(seqs).toHaveLength(placed)
    })
  }
})
