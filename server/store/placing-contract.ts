/** The part of the store's contract about placing pixels. */
import { describe, expect, test } from 'vitest'
import { asCanvasId, asPosition, type PlacementId } from '../../lib/brand.ts'
import { paint, testCanvas, testPainter } from './store.fixture.ts'
import { codesOf, main, placementsOf, type StoreContext, tile0 } from './store-context.fixture.ts'

export const describePlacing = (given: () => StoreContext) => {
  describe('placing', () => {
    test('A1 an acknowledged placement is in the pixels, the charges and the outbox', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas({ cooldownMs: 1_000 }))
      const painter = testPainter()
      const [placement] = placementsOf((await place(paint({ gx: 5, gy: 6, color: '#ff0000' }, { painter })))[0])
      expect(placement).toMatchObject({ canvas: 'main', gx: 5, gy: 6, color: 1, tile: 0, atMs: 1_000, charges: { available: 4, max: 5 } })
      expect(await store.getPixel({ canvas: main, tile: tile0, position: asPosition(6 * 64 + 5) })).toEqual({
        color: 1,
        by: painter.id,
        atMs: 1_000,
        cause: 'paint',
      })
      expect(await store.getCharges(painter.id, main)).toEqual({ count: 4, sinceMs: 1_000 })
      expect(await store.backlog()).toEqual({ unsequenced: 1, unpublished: 0, oldestAtMs: 1_000, dead: 0 })
    })

    test('A1 a refused placement changes nothing, and the other placements of its group are saved', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      const outcomes = await place([
        paint({ gx: 0, gy: 0, color: 1 }),
        paint({ gx: 100, gy: 0, color: 1 }),
        paint({ gx: 0, gy: 70, color: 1 }),
        paint({ gx: 0, gy: 1, color: 4 }),
        paint({ gx: 0, gy: 1, color: '#123456' }),
        paint({ gx: 0, gy: 1, color: 1 }, { canvas: asCanvasId('nowhere') }),
        paint({ gx: 99, gy: 69, color: 3 }),
      ])
      expect(outcomes.flatMap(codesOf)).toEqual([
        'placed',
        'out_of_bounds',
        'out_of_bounds',
        'color_not_in_palette',
        'color_not_in_palette',
        'canvas_not_found',
        'placed',
      ])
      expect(await store.backlog()).toMatchObject({ unsequenced: 2 })
      expect(await store.getPixel({ canvas: main, tile: tile0, position: asPosition(64) })).toBeNull()
    })

    test('a pixel that is placed three times in one group has three commits in order, each with a later time', async () => {
      const { store, place, sequenceAll, readLog } = given()
      await store.ensureCanvas(testCanvas())
      await place([1, 2, 3].map((color) => paint({ gx: 7, gy: 7, color })))
      await sequenceAll()
      const commits = await readLog()
      expect(commits.map((commit) => commit.pixels.map(({ color, previous }) => [color, previous]))).toEqual([[[1, 0]], [[2, 1]], [[3, 2]]])
      expect(commits.map((commit) => commit.atMs)).toEqual([1_000, 1_001, 1_002])
    })

    test("a clock that goes back does not change the order of a pixel's commits", async () => {
      const { store, place, sequenceAll, readLog } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 7, gy: 7, color: 1 }), 60_000)
      await place(paint({ gx: 7, gy: 7, color: 2 }), 1_000)
      await sequenceAll()
      const commits = await readLog()
      expect(commits.map((commit) => commit.pixels[0]?.color)).toEqual([1, 2])
      expect(commits.map((commit) => commit.atMs)).toEqual([60_000, 60_001])
    })

    test('a commit holds at most 4,096 pixels', async () => {
      const { store, place, sequenceAll, readLog } = given()
      await store.ensureCanvas(testCanvas({ width: 128, height: 64, tileSize: 128 }))
      const pixels = Array.from({ length: 4_097 }, (_, i) => ({ gx: i % 128, gy: Math.floor(i / 128), color: i % 4 }))
      await place(paint(pixels))
      await sequenceAll()
      expect((await readLog()).map((commit) => commit.pixels.length)).toEqual([4_096, 1])
    })

    test('A1 an acknowledged placement has a receipt after a restart, until its commit is trimmed', async () => {
      const { store: before, place, sequenceAll, publishAll, reopen } = given()
      await before.ensureCanvas(testCanvas())
      const [placement] = placementsOf((await place(paint({ gx: 5, gy: 6, color: 1 })))[0])
      const store = await reopen()
      const receipt = () => store.getReceipt(placement?.id as PlacementId)
      expect(await receipt()).toMatchObject({ state: 'committed', seq: null, atMs: 1_000 })
      await sequenceAll()
      expect(await receipt()).toMatchObject({ state: 'sequenced', seq: 1 })
      await publishAll()
      expect(await receipt()).toMatchObject({ state: 'published', seq: 1, tile: 0, position: 6 * 64 + 5 })
      await store.trim({ publishedBeforeMs: 2_001, keysBeforeMs: 0 })
      expect(await receipt()).toBeNull()
    })
  })
}
