import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hybridAt } from './clock.ts'

test('the first pixel at a position has the time of the clock', () => {
  expect(hybridAt(1_000, null)).toBe(1_000)
})

test('a pixel is at least a millisecond later than the pixel that it replaces', () => {
  expect(hybridAt(1_000, 999)).toBe(1_000)
  expect(hybridAt(1_000, 1_000)).toBe(1_001)
  expect(hybridAt(1_000, 5_000)).toBe(5_001)
})

test('the times at one position ascend in the order of the writes, whatever the clocks of the processes say', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 2 }), (clocks) => {
      let atMs: number | null = null
      for (const nowMs of clocks) {
        const next = hybridAt(nowMs, atMs)
        expect(next).toBeGreaterThanOrEqual(nowMs)
        if (atMs !== null) expect(next).toBeGreaterThan(atMs)
        atMs = next
      }
    }),
  )
})
