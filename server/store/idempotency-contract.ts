/** The part of the store's contract about idempotency keys. */
import { describe, expect, test } from 'vitest'
import { paint, testCanvas, testPainter } from './store.fixture.ts'
import { codesOf, placementsOf, type StoreContext } from './store-context.fixture.ts'

export const describeIdempotency = (given: () => StoreContext) => {
  describe('idempotency keys', () => {
    test('a repeated key gets the first answer again and places nothing', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas({ cooldownMs: 1_000 }))
      const [first] = await place(paint({ gx: 1, gy: 1, color: 1 }, { key: 'k' }))
      const [second] = await place(paint({ gx: 1, gy: 1, color: 1 }, { key: 'k' }), 5_000)
      expect(second).toEqual(first)
      expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
      const [other] = await place(paint({ gx: 1, gy: 1, color: 2 }, { key: 'k', fingerprint: 'two' }))
      expect(codesOf(other)).toEqual(['idempotency_key_reused'])
      const [stranger] = await place(paint({ gx: 1, gy: 1, color: 2 }, { key: 'k', painter: testPainter('bbbb') }))
      expect(codesOf(stranger)).toEqual(['placed'])
    })

    test('the same key in parallel requests places once', async () => {
      const { store, placeUntilSaved } = given()
      await store.ensureCanvas(testCanvas())
      const request = paint({ gx: 1, gy: 1, color: 1 }, { key: 'k' })
      const outcomes = (await Promise.all([placeUntilSaved([request, request]), placeUntilSaved(request), placeUntilSaved(request)])).flat()
      expect(new Set(outcomes.map((outcome) => placementsOf(outcome)[0]?.id)).size).toBe(1)
      expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
    })

    test('a refusal does not use up a key, and trimming forgets keys by their age', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      expect(codesOf((await place(paint({ gx: 500, gy: 1, color: 1 }, { key: 'k' })))[0])).toEqual(['out_of_bounds'])
      expect(codesOf((await place(paint({ gx: 1, gy: 1, color: 1 }, { key: 'k', fingerprint: 'two' })))[0])).toEqual(['placed'])
      await store.trim({ publishedBeforeMs: 0, keysBeforeMs: 1_000 })
      expect(codesOf((await place(paint({ gx: 2, gy: 1, color: 1 }, { key: 'k', fingerprint: 'three' })))[0])).toEqual([
        'idempotency_key_reused',
      ])
      await store.trim({ publishedBeforeMs: 0, keysBeforeMs: 1_001 })
      expect(codesOf((await place(paint({ gx: 2, gy: 1, color: 1 }, { key: 'k', fingerprint: 'three' })))[0])).toEqual(['placed'])
    })
  })
}
