import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hybridAt } from './clock.ts'

test('an untouched pixel takes the time of the clock', () => {
  expect(hybridAt(1_000, null)).toBe(1_000)
})

test('an overwritten pixel is later than before, by a millisecond at least', () => {
  expect(hybridAt(1_000, 999)).toBe(1_000)
  expect(hybridAt(1_000, 1_000)).toBe(1_001)
  expect(hybridAt(1_000, 5_000)).toBe(5_001)
})

test('times of one pixel rise in the order of its writes, whatever the clocks of the writers say', () => {
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
