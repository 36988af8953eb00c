/** Transactions on MongoDB that read a board before it was erased, and are committed afterwards. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asEpoch, asPosition, asSeq, asTile } from '../../../lib/brand.ts'
import { type Erasing, planErasing } from '../../../lib/erasing.ts'
import { BoardEraser } from '../../erasing/board-eraser.ts'
import { type Failpoints, noFailpoints } from '../../failpoints.ts'
import { silentLogger } from '../../observability/log.ts'
import type { Store } from '../port.ts'
import { paint, readWholeLog, testCanvas, testPainter } from '../store.fixture.ts'
import { main, tile0 } from '../store-context.fixture.ts'
import { openMongoStore } from './mongo-store.ts'
import { hasTestMongo, TestMongo } from './test-mongo.fixture.ts'

const ref = { canvas: main, tile: tile0 }
const newEpoch = asEpoch('epoch002')
const never = new AbortController().signal

/** Holds the first transaction before its commit. */
const createHold = () => {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let isFirst = true
  const failpoints: Failpoints = {
    ...noFailpoints,
    async hit(name) {
      if (name !== 'placement.before-commit' || !isFirst) return
      isFirst = false
      reached.resolve()
      await released.promise
    },
  }
  return { failpoints, reached: reached.promise, release: () => released.resolve() }
}

describe.skipIf(!hasTestMongo())('MongoDB (MONGODB_TEST_URI or MONGODB_TEST_SERVER)', () => {
  let mongo: TestMongo
  let store: Store
  let slow: Store
  let hold: ReturnType<typeof createHold>
  let groups = 0
  beforeAll(async () => {
    mongo = await TestMongo.start()
  })
  afterAll(() => mongo.dispose())
  beforeEach(async () => {
    hold = createHold()
    const options = { uri: mongo.uri(`late-${randomUUID().slice(0, 8)}`), retentionMs: 2_000_000_000_000, logger: silentLogger }
    store = await openMongoStore({ ...options, now: Date.now, random: Math.random })
    slow = await openMongoStore({ ...options, now: Date.now, random: Math.random, failpoints: hold.failpoints })
    await store.ensureCanvas(testCanvas({ cooldownMs: 60_000 }))
  })
  afterEach(async () => {
    hold.release()
    await slow.close()
    await store.close()
  })

  const nextId = () => `lategrp${String(groups++).padStart(6, '0')}`
  const place = (on: Store, at: { gx: number; gy: number }, name: string) =>
    on.place({ id: nextId(), requests: [paint({ ...at, color: 2 }, { painter: testPainter(name) })], nowMs: Date.now() })
  const erase = async (erasing: Erasing) => {
    await store.updateCanvas({ id: main, change: planErasing(erasing, newEpoch), rev: 1, groupId: nextId(), nowMs: Date.now() })
    const options = { store, clock: { now: Date.now, monotonicNow: () => 0 }, newGroupId: nextId, failpoints: noFailpoints }
    await new BoardEraser({ ...options, logger: silentLogger }).erase(main, never)
  }
  const reopen = async () => {
    const rev = (await store.getCanvas(main))?.rev ?? 0
    await store.updateCanvas({ id: main, change: { state: 'open' }, rev, groupId: nextId(), nowMs: Date.now() })
  }
  const sequenceAll = async () => {
    while ((await store.sequence({ limit: 10 })).sequenced > 0);
  }
  const point = { gx: 5, gy: 0 }
  const position = asPosition(5)

  test('A4 a placement that is committed after a start over is dropped before it gets a seq', async () => {
    const late = place(slow, point, 'alice')
    await hold.reached
    await erase('start_over')
    await reopen()
    hold.release()
    expect(await late).toMatchObject([{ kind: 'done', placed: 1 }])
    expect(await store.getPixel({ ...ref, position })).not.toBeNull()
    expect((await store.readBoard(ref))?.colors[5], 'the board shows no late commit').toBe(0)
    await sequenceAll()
    expect(await store.getPixel({ ...ref, position })).toBeNull()
    expect(await readWholeLog(store, ref)).toEqual([])
    expect(await store.backlog()).toMatchObject({ unsequenced: 0 })
  })

  test('A4 whoever paints over a late placement replaces the background', async () => {
    const late = place(slow, point, 'alice')
    await hold.reached
    await erase('start_over')
    await reopen()
    hold.release()
    await late
    await place(store, point, 'bobby')
    expect((await store.readBoard(ref))?.colors[5]).toBe(0)
    await sequenceAll()
    expect(await readWholeLog(store, ref)).toMatchObject([{ seq: 1, epoch: newEpoch, pixels: [{ color: 2, previous: 0, by: 'p_bobby' }] }])
    expect(await store.readBoard(ref)).toMatchObject({ seq: 1, epoch: newEpoch })
    expect((await store.readBoard(ref))?.colors[5]).toBe(2)
  })

  test('B1 nothing remains of a placement that is committed after its board was deleted', async () => {
    const late = place(slow, point, 'alice')
    await hold.reached
    await erase('delete')
    hold.release()
    await late
    await sequenceAll()
    expect(await store.getPixel({ ...ref, position })).toBeNull()
    expect(await store.getCharges(testPainter('alice').id, main)).toBeNull()
    expect(await store.backlog()).toMatchObject({ unsequenced: 0 })
  })

  test('B1 an eraser that goes on after the board is painted again removes nothing new', async () => {
    await place(store, { gx: 1, gy: 1 }, 'carol')
    const parts = await Promise.all(
      Array.from({ length: 4 }, async () => {
        await erase('start_over').catch(() => undefined)
      }),
    )
    expect(parts).toHaveLength(4)
    await reopen()
    await place(store, { gx: 2, gy: 2 }, 'carol')
    await store.eraseRows({ id: main, limit: 100, from: { step: 4, after: '' } })
    expect(await store.getPixel({ canvas: main, tile: asTile(0), position: asPosition(2 * 64 + 2) })).not.toBeNull()
    await sequenceAll()
    expect((await readWholeLog(store, ref)).map(({ seq }) => seq)).toEqual([asSeq(1)])
  })
})
