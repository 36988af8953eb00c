import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addCounts, bucketOf, percentilesOf, type TimeCounts } from './time-counts.ts'

const counted = (times: readonly number[]): TimeCounts => addCounts(times.map((ms) => ({ [bucketOf(ms)]: 1 })))

test('percentiles have an error of less than 5 %, however the times are split between processes', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 200 }), fc.nat(), (times, cut) => {
      const parts = [counted(times.slice(0, cut % times.length)), counted(times.slice(cut % times.length))]
      const { p50, p99 } = percentilesOf(addCounts(parts))
      const sorted = [...times].sort((a, b) => a - b)
      const exact = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
      expect(Math.abs((p50 ?? 0) / exact(0.5) - 1)).toBeLessThan(0.055)
      expect(Math.abs((p99 ?? 0) / exact(0.99) - 1)).toBeLessThan(0.055)
    }),
  )
})

test('percentiles are null without counts, and 0 below a millisecond', () => {
  expect(percentilesOf({})).toEqual({ p50: null, p99: null })
  expect(percentilesOf(counted([0, 0.3]))).toEqual({ p50: 0, p99: 0 })
})

test('A6 times of any length go into a bounded number of buckets', () => {
  expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(bucketOf(10 * 86_400_000))
  expect(bucketOf(Number.POSITIVE_INFINITY)).toBeLessThan(220)
})
