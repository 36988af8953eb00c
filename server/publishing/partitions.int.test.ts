/**
 * From the outbox to the frame on a stream of several partitions. One test makes a Redis server unavailable, another changes the number of
 * partitions. In the end no commit is missing, none is in the stream twice, and frames are in order (A2, A3).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asCanvasId, asPosition, asTile, type TileNumber } from '../../lib/brand.ts'
import { pointOf, tilesOf } from '../../lib/geometry.ts'
import { partitionOf } from '../../lib/rendezvous.ts'
import { Broadcaster } from '../broadcasting/broadcaster.ts'
import type { TileFrame } from '../broadcasting/port.ts'
import { TileCache } from '../broadcasting/tile-cache.ts'
import { systemClock } from '../clock.ts'
import { createSupervisor, type Supervisor } from '../lifecycle.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import { LogProjection } from '../projecting/log-projection.ts'
import { Projector } from '../projecting/projector.ts'
import type { Store } from '../store/port.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import type { EventStream } from '../stream/port.ts'
import { decodeEntry } from '../stream/redis/entry.ts'
import { openRedis } from '../stream/redis/open-redis.ts'
import { hasRedisServer, TestRedis } from '../stream/redis/test-redis.fixture.ts'
import { workerContext } from '../worker-context.fixture.ts'
import { HeadKeeper } from './head-keeper.ts'
import { createTestPublisher } from './publisher.fixture.ts'

const canvas = testCanvas({ width: 256, height: 256, tileSize: 64 })
const tiles = tilesOf(canvas)
const patience = { timeout: 20_000, interval: 50 }

/** A pixel in the first row of the tile. */
const pixelOf = (tile: TileNumber, count: number) => ({ ...pointOf(canvas.tileSize, tile, asPosition(count % 64)), color: count % 4 })

describe.skipIf(!hasRedisServer())('redis-server', () => {
  let folder: string
  let servers: TestRedis[]
  let store: Store
  let placed: Map<TileNumber, number>
  let frames: TileFrame[]
  let processes: { supervisor: Supervisor; stream: EventStream }[]

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fresco-partitions-'))
    servers = [await TestRedis.start(), await TestRedis.start()]
    store = await openSqliteStore({ file: join(folder, 'fresco.db') })
    await store.ensureCanvas(canvas)
    placed = new Map(tiles.map((tile) => [tile, 0]))
    frames = []
    processes = []
  })
  afterEach(async () => {
    await stopAll()
    await store.close()
    for (const server of servers) await server.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = async (
    parts: readonly ('publisher' | 'gateway' | 'projector')[],
    { partitions, on = servers }: { partitions: number; on?: TestRedis[] },
  ) => {
    const stream = await openRedis({ urls: on.map(({ url }) => url), partitions, logger: silentLogger })
    const supervisor = createSupervisor({ logger: silentLogger, now: Date.now, random: Math.random })
    const shared = { store, stream, context: workerContext({ clock: systemClock, random: Math.random }), metrics: noMetrics }
    processes.push({ supervisor, stream })
    if (parts.includes('publisher')) {
      supervisor.start(createTestPublisher({ ...shared, intervals: { pollMs: 20, publishMs: 0 } }))
      supervisor.start(new HeadKeeper({ store, stream, logger: silentLogger }))
    }
    if (parts.includes('gateway')) {
      const cache: TileCache = new TileCache({ store, watched: () => true })
      const sink = {
        frame: (frame: TileFrame) => void frames.push(frame),
        resync: () => undefined,
        gone: () => undefined,
        sockets: () => 1,
      }
      for (const tile of tiles) await cache.open({ canvas: canvas.id, tile })
      const broadcaster = new Broadcaster({ ...shared, gateway: `gateway${processes.length}`, tiles: cache, sink })
      supervisor.start(broadcaster.follow)
      supervisor.start(broadcaster.watchHeads)
    }
    if (parts.includes('projector')) {
      supervisor.start(
        new Projector({ ...shared, projection: new LogProjection({ name: 'history', store, logger: silentLogger }), consumer: 'one' }),
      )
    }
    return stream
  }
  const stopAll = async () => {
    for (const { supervisor, stream } of processes) {
      await supervisor.stop()
      await stream.close()
    }
    processes = []
  }
  const placeOn = async (tile: TileNumber) => {
    const count = placed.get(tile) ?? 0
    placed.set(tile, count + 1)
    const id = `group${String(tile).padStart(3, '0')}${String(count).padStart(6, '0')}`
    await store.place({ id, requests: [paint(pixelOf(tile, count))], nowMs: Date.now() })
  }
  const placeEverywhere = async (times: number) => {
    for (let i = 0; i < times; i++) for (const tile of tiles) await placeOn(tile)
  }
  const allIsPublished = async () => expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0, dead: 0 })
  const shown = () => new Map(tiles.map((tile) => [tile, frames.findLast((frame) => frame.ref.tile === tile)?.to ?? 0]))
  const allIsShown = () => expect(shown()).toEqual(placed)
  const framesAreInOrder = () => {
    for (const tile of tiles) {
      let seq = 0
      for (const { from, to } of frames.filter(({ ref }) => ref.tile === tile)) {
        expect(from).toBe(seq + 1)
        seq = to
      }
    }
  }
  /** All entries of all streams, as `tile/seq`. */
  const entries = async () => {
    const found: string[] = []
    for (const { url } of servers) {
      const admin = new Redis(url)
      for (const key of await admin.keys('*pixels:events')) {
        const read = await admin.xrangeBuffer(key, '-', '+')
        for (const [, fields] of read) {
          const commit = decodeEntry(fields)
          if (commit) found.push(`${commit.tile}/${commit.seq}`)
        }
      }
      admin.disconnect()
    }
    return found
  }
  const everythingOnce = async () => {
    const found = await entries()
    const wanted = [...placed].flatMap(([tile, count]) => Array.from({ length: count }, (_, index) => `${tile}/${index + 1}`))
    expect(found.sort()).toEqual(wanted.sort())
  }

  test('A2 A3 five publishers and four partitions on two servers publish each commit once', async () => {
    for (let i = 0; i < 5; i++) await start(i === 0 ? ['publisher', 'gateway'] : ['publisher'], { partitions: 4 })
    await placeEverywhere(8)
    await vi.waitFor(allIsPublished, patience)
    await vi.waitFor(allIsShown, patience)
    framesAreInOrder()
    await everythingOnce()
  }, 60_000)

  test('A2 A3 while one server is unavailable, the tiles of the other are published, and its own are shown from the store', async () => {
    const stream = await start(['publisher', 'gateway'], { partitions: 2 })
    await placeEverywhere(2)
    await vi.waitFor(allIsShown, patience)
    await servers[1]?.kill()
    await placeEverywhere(60)
    await vi.waitFor(allIsShown, patience)
    const away = tiles.filter((tile) => partitionOf(`main/${tile}`, 2) === 1)
    await vi.waitFor(async () => {
      const waiting = await store.getUnpublished({ limit: 10_000 })
      expect(new Set(waiting.map(({ tile }) => tile))).toEqual(new Set(away))
    }, patience)
    expect(Math.max(...(await store.getUnpublished({ limit: 10_000 })).map(({ attempts }) => attempts))).toBeLessThanOrEqual(1)
    expect(away.length).toBeLessThan(tiles.length)
    expect(stream.outage()).not.toBeNull()
    await servers[1]?.boot()
    await placeEverywhere(2)
    await vi.waitFor(allIsPublished, patience)
    await vi.waitFor(allIsShown, patience)
    framesAreInOrder()
    const found = await entries()
    expect(new Set(found).size).toBe(found.length)
  }, 90_000)

  test('A2 A3 after the number of partitions or servers changes, every commit is published, shown and projected', async () => {
    const layouts = [
      { partitions: 1, on: servers.slice(0, 1) },
      { partitions: 4, on: servers },
      { partitions: 3, on: servers.slice(0, 1) },
      { partitions: 1, on: servers.slice(0, 1) },
    ]
    for (const layout of layouts) {
      // The next start publishes the placements that were made while all publishers were stopped.
      await placeEverywhere(3)
      frames = []
      await start(['publisher', 'gateway', 'projector'], layout)
      await placeEverywhere(3)
      await vi.waitFor(allIsPublished, patience)
      await vi.waitFor(allIsShown, patience)
      const history = async () => {
        for (const [tile, count] of placed) {
          const position = asPosition((count - 1) % 64)
          const [newest] = await store.projections.readHistory({ canvas: asCanvasId('main'), tile: asTile(tile), position, limit: 1 })
          expect(newest?.color).toBe((count - 1) % 4)
        }
      }
      await vi.waitFor(history, patience)
      await stopAll()
    }
  }, 120_000)
})
