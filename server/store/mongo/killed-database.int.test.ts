/** A database that is killed under load and started again on the same folder: acknowledged is saved, and saved is whole. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asCanvasId, asTile, type PlacementId } from '../../../lib/brand.ts'
import { placementId } from '../../../lib/commit.ts'
import { silentLogger } from '../../observability/log.ts'
import type { Store } from '../port.ts'
import { paint, readWholeLog, testCanvas } from '../store.fixture.ts'
import { openMongoStore } from './mongo-store.ts'
import { hasTestMongo, TestMongo } from './test-mongo.fixture.ts'

const ref = { canvas: asCanvasId('main'), tile: asTile(0) }
const { background } = testCanvas()
const kills = 4
const placedBetweenKills = 300

/** Places three pixels at a time, each worker on different columns, until the test ends it. */
const startPlacing = (store: Store) => {
  const acknowledged: PlacementId[] = []
  let failed = 0
  let isOver = false
  const work = async (worker: number) => {
    for (let group = 0; !isOver; group++) {
      const requests = [0, 1, 2].map((gx) => paint({ gx: worker * 3 + gx, gy: group % 64, color: group % 4 }))
      const id = `kill${worker}${group.toString(36).padStart(8, '0')}`
      const outcomes = await store.place({ id, requests, nowMs: Date.now() }).catch(() => {
        failed++
        return []
      })
      for (const outcome of outcomes) {
        if (outcome.kind === 'done') for (const result of outcome.results) if (result.ok) acknowledged.push(result.placement.id)
      }
    }
  }
  const working = Promise.all([0, 1, 2, 3, 4, 5].map(work))
  return {
    acknowledged,
    async end() {
      isOver = true
      await working
      return { failed }
    },
  }
}

const isBoard = async (store: Store, expected: Uint8Array) => Buffer.from((await store.readBoard(ref))?.colors ?? []).equals(expected)

describe.skipIf(!hasTestMongo())('MongoDB (MONGODB_TEST_URI or MONGODB_TEST_SERVER)', () => {
  let mongo: TestMongo
  beforeEach(async () => {
    mongo = await TestMongo.start()
  })
  afterEach(() => mongo.dispose())

  test('A1 A4 killed under load it has every acknowledged placement, and no pixel without its event', async (context) => {
    if (!mongo.isOwn) return context.skip("a database that is not the test's own cannot be killed")
    const uri = mongo.uri('fresco-killed')
    const store = await openMongoStore({ uri, retentionMs: 3_600_000, logger: silentLogger, now: Date.now, random: Math.random })
    await store.ensureCanvas(testCanvas())
    const placing = startPlacing(store)
    for (let kill = 0; kill < kills; kill++) {
      const enough = placing.acknowledged.length + placedBetweenKills
      await vi.waitFor(() => expect(placing.acknowledged.length).toBeGreaterThan(enough), { timeout: 30_000, interval: 10 })
      await mongo.kill()
      await mongo.boot()
    }
    expect((await placing.end()).failed).toBeGreaterThan(0)
    await vi.waitFor(() => store.ping(), { timeout: 20_000 })

    const fold = new Uint8Array(64 * 64).fill(background)
    expect(await isBoard(store, fold), 'nothing has a number, so the events of all pixels are there to be taken back').toBe(true)
    for (let more = true; more; ) more = (await store.sequence({ limit: 256 })).sequenced > 0
    const log = await readWholeLog(store, ref)
    const logged = new Set(log.flatMap(({ id, pixels }) => pixels.map((_, index) => placementId(id, index))))
    expect(placing.acknowledged.filter((id) => !logged.has(id))).toEqual([])
    for (const { pixels } of log) for (const { position, color } of pixels) fold[position] = color
    expect(await isBoard(store, fold)).toBe(true)
    await store.close()
  }, 120_000)
})
