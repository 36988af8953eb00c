/** The part of the store's contract about the ages of pixels. */
import { describe, expect, test } from 'vitest'
import { ageCode, longAgo } from '../../lib/ages.ts'
import { asCanvasId, asEpoch, asTile } from '../../lib/brand.ts'
import { planErasing } from '../../lib/erasing.ts'
import { paint, testCanvas } from './store.fixture.ts'
import { main, type StoreContext, tile0 } from './store-context.fixture.ts'

const monthsMs = 90 * 86_400_000

export const describeAges = (given: () => StoreContext) => {
  describe('the ages of pixels', () => {
    test('H1 each painted pixel has the age of its newest placement, and others have none', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }), 1_000)
      await place(paint({ gx: 63, gy: 63, color: 2 }), monthsMs - 3_600_000)
      await place(paint({ gx: 5, gy: 0, color: 2 }), 2_000)
      await place(paint({ gx: 5, gy: 0, color: 3 }), monthsMs - 70_000)
      await place(paint({ gx: 64, gy: 0, color: 3 }), monthsMs - 1_000)
      const read = await store.readAges({ canvas: main, tile: tile0, nowMs: monthsMs })
      expect(read?.epoch).toBe('epoch001')
      const codes = read?.codes ?? new Uint8Array()
      expect(codes).toHaveLength(64 * 64)
      expect([codes[0], codes[63 * 64 + 63], codes[5], codes[1]]).toEqual([longAgo, ageCode(3_600_000), ageCode(70_000), 0])
      expect(codes.filter((code) => code > 0)).toHaveLength(3)
    })

    test('H1 a pixel that was painted after `nowMs` is new, and there are no ages of a tile that is not there', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }), 9_000)
      expect((await store.readAges({ canvas: main, tile: tile0, nowMs: 5_000 }))?.codes[0]).toBe(1)
      expect(await store.readAges({ canvas: main, tile: asTile(99), nowMs: 5_000 })).toBeNull()
      expect(await store.readAges({ canvas: asCanvasId('other'), tile: tile0, nowMs: 5_000 })).toBeNull()
    })

    test('B1 H1 a board that is started over has no ages at once', async () => {
      const { store, place, nextGroupId } = given()
      await store.ensureCanvas(testCanvas())
      await place(paint({ gx: 0, gy: 0, color: 1 }))
      const change = planErasing('start_over', asEpoch('epoch002'))
      await store.updateCanvas({ id: main, change, rev: (await store.getCanvas(main))?.rev ?? 0, groupId: nextGroupId(), nowMs: 4_000 })
      const read = await store.readAges({ canvas: main, tile: tile0, nowMs: 5_000 })
      expect([read?.epoch, read?.codes.some((code) => code > 0)]).toEqual(['epoch002', false])
    })
  })
}
