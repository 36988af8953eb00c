/** A majority that confirms nothing for a while, and transactions that nobody ends: calls that the store has given up hold no connection. */
import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asPosition, asSeq, asTile } from '../../../lib/brand.ts'
import { storePart } from '../../http/health.ts'
import { replies, stallMajority } from '../../testing/mongo-failover.fixture.ts'
import { paint, testCanvas } from '../store.fixture.ts'
import { codeOf, hasOwnMongo, startBehindProxy } from './behind-proxy.fixture.ts'
import { maxConnections, tilesWriteMs, tileWriteMs } from './deadlines.ts'
import type { OutboxDocument } from './document-types.ts'

if (!hasOwnMongo && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB server to start: set MONGODB_TEST_SERVER')

/** Four times the longest wait of most calls: enough for each of them to be given up several times. */
const stallMs = 20_000
const { id: canvas, epoch, tileSize } = testCanvas()
const tile = asTile(0)

describe.skipIf(!hasOwnMongo)('a MongoDB that the test starts (MONGODB_TEST_SERVER)', () => {
  let given: Awaited<ReturnType<typeof startBehindProxy>>
  let groups = 0
  beforeEach(async () => {
    given = await startBehindProxy()
  })
  afterEach(() => given.dispose())

  const place = (gx: number) =>
    given.store.place({ id: `stall${String(groups++).padStart(8, '0')}`, requests: [paint({ gx, gy: 0, color: 1 })], nowMs: Date.now() })
  const timed = async (work: Promise<unknown>) => {
    const startedAtMs = performance.now()
    const code = await codeOf(work)
    return { code, ms: performance.now() - startedAtMs }
  }

  test('A6 while no majority confirms anything, reads and health answer, and placing works at once afterwards', async () => {
    const { proxy, store } = given
    await place(0)
    await store.sequence({ limit: 10 })
    const commits = await store.getUnpublished({ limit: 10 })
    const stall = stallMajority()
    proxy.onCommand = stall.fate
    const endsAtMs = performance.now() + stallMs
    const repeat = async (call: () => Promise<unknown>) => {
      while (performance.now() < endsAtMs) {
        await codeOf(call())
        await wait(10)
      }
    }
    const move = { canvas, tile, epoch, tileSize, after: asSeq(0), to: asSeq(1), commits }
    const calls: (() => Promise<unknown>)[] = [
      () => place(1),
      () => store.sequence({ limit: 10 }),
      () => store.markAsPublished(commits, 1_000),
      () => store.countAttempts(commits),
      () => store.checkWritable(),
      () => store.projections.project({ ...move, name: 'stats' }),
      () => store.projections.project({ ...move, name: 'history' }),
      ...Array.from({ length: 6 }, () => () => store.readBoard({ canvas, tile })),
      ...Array.from({ length: 3 }, () => () => store.readCommits({ canvas, tile, after: asSeq(0), limit: 10 })),
    ]
    const working = Promise.all(calls.map(repeat))
    const part = storePart(store, { now: () => performance.now() })
    const slow: string[] = []
    while (performance.now() < endsAtMs) {
      await wait(250)
      const reads = {
        ping: store.ping(),
        health: Promise.resolve(part.check()),
        pixel: store.getPixel({ canvas, tile, position: asPosition(0) }),
        canvas: store.getCanvas(canvas),
        heads: store.readHeads(canvas),
        heartbeat: store.beat({ id: 'one', roles: ['web'], beats: 1, startedAtMs: 0, atMs: Date.now(), report: '' }),
      }
      for (const [name, read] of Object.entries(reads)) {
        const { code, ms } = await timed(read)
        if (code !== 'done' || ms > 1_000) slow.push(`${name}: ${code} after ${Math.round(ms)} ms`)
      }
      expect(proxy.busy).toBeLessThanOrEqual(maxConnections)
    }
    expect(stall.stalled, 'calls waited for the majority').toBeGreaterThan(20)
    expect(stall.unlimited, 'commands without a limit').toBe(0)
    expect(slow).toEqual([])
    stall.end()
    expect((await timed(place(2))).ms).toBeLessThan(3_000)
    await working
  }, 90_000)

  // Majority reads of a real replica set show the old count until the stall ends: so the same commits are counted again and again.
  test('attempts that are given up while no majority confirms count once', async () => {
    const { proxy, store } = given
    await place(0)
    await store.sequence({ limit: 10 })
    const read = await store.getUnpublished({ limit: 10 })
    const stall = stallMajority()
    proxy.onCommand = stall.fate
    for (let round = 0; round < 3; round++) expect(await codeOf(store.countAttempts(read))).toBe('unavailable')
    stall.end()
    expect((await store.getUnpublished({ limit: 10 })).map(({ attempts }) => attempts)).toEqual([2])
  })

  describe('a transaction that a killed process left open on a commit of one tile', () => {
    /** Changes the first commit of the tile, and does not end. */
    const leaveOpen = async (state: 'unsequenced' | 'unpublished') => {
      const uri = `mongodb://127.0.0.1:${given.mongo.port}/${given.database}?directConnection=true`
      const connection = await mongoose.createConnection(uri).asPromise()
      const session = await connection.startSession()
      session.startTransaction()
      const outbox = connection.collection<OutboxDocument>('outboxes')
      const change = { $set: { lastError: 'left open' } }
      expect((await outbox.updateOne({ tile: 0, [state]: true }, change, { session })).matchedCount).toBe(1)
      return async () => {
        await session.abortTransaction()
        await session.endSession()
        await connection.close()
      }
    }
    /** SecantusDB checks the limit about once a second. */
    const limitMs = tilesWriteMs + tileWriteMs + 2_500
    const tilesOf = (commits: readonly { tile: number }[]) => commits.map(({ tile: of }) => of)

    const sequenceUntil = (tiles: readonly number[]) =>
      vi.waitFor(
        async () => {
          await given.store.sequence({ limit: 10 })
          expect(tilesOf(await given.store.getUnpublished({ limit: 10 }))).toEqual(tiles)
        },
        { timeout: 30_000 },
      )

    test('A2 does not keep other tiles from being sequenced', async () => {
      const { store } = given
      await place(0)
      await place(70)
      const end = await leaveOpen('unsequenced')
      const first = await timed(store.sequence({ limit: 10 }))
      expect(first).toMatchObject({ code: 'done' })
      expect(first.ms).toBeLessThan(limitMs)
      // On a busy machine the other tile can reach its limit too, and its turn comes in a later round.
      await sequenceUntil([1])
      await place(71)
      await vi.waitFor(
        async () => {
          expect((await timed(store.sequence({ limit: 10 }))).ms, 'the tile is left out').toBeLessThan(1_000)
          expect(tilesOf(await store.getUnpublished({ limit: 10 }))).toEqual([1, 1])
        },
        { timeout: 30_000 },
      )
      await end()
      await vi.waitFor(async () => expect(await store.sequence({ limit: 10 })).toMatchObject({ sequenced: 1 }), { timeout: 10_000 })
      expect(tilesOf(await store.getUnpublished({ limit: 10 }))).toEqual([0, 1, 1])
    })

    test('A2 does not keep other tiles from being marked, and its own tile is marked later', async () => {
      const { store } = given
      await place(0)
      await place(70)
      await store.sequence({ limit: 10 })
      const commits = await store.getUnpublished({ limit: 10 })
      const [held] = commits
      const end = await leaveOpen('unpublished')
      // SecantusDB, the stand-in for MongoDB, does not stop an update of many documents that waits. The proxy answers as MongoDB does.
      const limits: unknown[] = []
      given.proxy.onCommand = (command) => {
        const isMark = command.name === 'update' && JSON.stringify(command.body['updates']).includes('publishedAt')
        if (isMark) limits.push(command.body['maxTimeMS'])
        const waits = isMark && JSON.stringify(command.body['updates']).includes(`"${held?.id}"`)
        return waits ? { kind: 'refuse', reply: replies.maxTimeExpired } : { kind: 'pass' }
      }
      expect(await timed(store.markAsPublished(commits, 1_000))).toMatchObject({ code: 'done' })
      expect(limits).toEqual([tilesWriteMs, tileWriteMs, tileWriteMs])
      expect(await store.backlog()).toMatchObject({ unpublished: 1 })
      expect(await codeOf(store.countAttempts(commits)), 'an attempt that is not counted must not be made').toBe('unavailable')
      await end()
      given.proxy.onCommand = () => ({ kind: 'pass' })
      await vi.waitFor(async () => expect(tilesOf(await store.getUnpublished({ limit: 10 }))).toEqual([0]), { timeout: 10_000 })
      await store.markAsPublished(commits, 1_000)
      expect(await store.backlog()).toMatchObject({ unpublished: 0 })
    })
  })
})
