/** The part of the store's contract about the charges of painters. */
import { describe, expect, test } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import { paint, testCanvas, testPainter } from './store.fixture.ts'
import { codesOf, main, type StoreContext } from './store-context.fixture.ts'

export const describeCharges = (given: () => StoreContext) => {
  describe('charges', () => {
    test('A5 parallel placements of one painter spend no more than the charges', async () => {
      const { store, placeUntilSaved } = given()
      await store.ensureCanvas(testCanvas({ cooldownMs: 60_000 }))
      const painter = testPainter()
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          placeUntilSaved([paint({ gx: i, gy: 0, color: 1 }, { painter }), paint({ gx: i, gy: 1, color: 1 }, { painter })]),
        ),
      )
      const all = outcomes.flat().flatMap(codesOf)
      expect(all.filter((code) => code === 'placed')).toHaveLength(5)
      expect(all.filter((code) => code === 'cooldown')).toHaveLength(19)
      expect(await store.getCharges(painter.id, main)).toMatchObject({ count: 0 })
    })

    test('charges grow with time, and each canvas has its own', async () => {
      const { store, place } = given()
      const other = asCanvasId('other')
      await store.ensureCanvas(testCanvas({ cooldownMs: 1_000, startCharges: 1 }))
      await store.ensureCanvas(testCanvas({ id: other, cooldownMs: 1_000, startCharges: 1 }))
      const at = (nowMs: number, canvas = main) => {
        const painter = { ...testPainter(), createdAtMs: 1_000 }
        return place(paint({ gx: 0, gy: 0, color: 1 }, { canvas, painter }), nowMs).then(([outcome]) => codesOf(outcome)[0])
      }
      expect([await at(1_000), await at(1_000), await at(1_999), await at(2_000), await at(2_000), await at(2_000, other)]).toEqual([
        'placed',
        'cooldown',
        'cooldown',
        'placed',
        'cooldown',
        'placed',
      ])
    })

    test('charges and idempotency keys follow the charge clock, and the latest time of charges is stored', async () => {
      const { store, nextGroupId } = given()
      await store.ensureCanvas(testCanvas({ cooldownMs: 1_000, startCharges: 1 }))
      expect(await store.latestChargeMs()).toBeNull()
      const painter = testPainter()
      const at = async (nowMs: number, chargesNowMs: number) => {
        const request = paint({ gx: 0, gy: 0, color: 1 }, { painter, key: `k${chargesNowMs}` })
        const [outcome] = await store.place({ id: nextGroupId(), requests: [request], nowMs, chargesNowMs })
        return codesOf(outcome)[0]
      }
      expect(await at(9_000, 5_000)).toBe('placed')
      expect(await at(1_000, 5_999)).toBe('cooldown')
      expect(await at(1_000, 6_000)).toBe('placed')
      expect(await store.latestChargeMs()).toBe(6_000)
      await store.trim({ publishedBeforeMs: 0, keysBeforeMs: 6_000 })
      expect(await at(1_000, 6_000)).toBe('placed')
      expect(await at(1_000, 5_000)).toBe('cooldown')
    })
  })
}
