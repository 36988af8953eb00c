import { expect, test } from 'vitest'
import { percentilesOf } from '../../lib/time-counts.ts'
import { RecentCount, RecentTimes } from './recent.ts'

test('the times are of the window and the current second', () => {
  const times = new RecentTimes()
  expect(percentilesOf(times.last(60, 0))).toEqual({ p50: null, p99: null })
  times.add(1_000, 4_999)
  times.add(10, 5_000)
  times.add(-5, 15_500)
  expect(Object.values(times.last(10, 15_999))).toEqual([1, 1])
  expect(Object.values(times.last(9, 15_999))).toEqual([1])
  expect(Object.values(times.last(60, 15_999))).toEqual([1, 1, 1])
})

test('A6 values older than a minute are dropped', () => {
  const times = new RecentTimes()
  const count = new RecentCount()
  for (let second = 0; second < 100; second++) {
    times.add(5, second * 1_000)
    count.add(1, second * 1_000)
  }
  expect(Object.values(times.last(1_000, 99_000))).toEqual([61])
  expect(count.last(1_000, 100_000)).toBe(61)
})

test('a rate counts whole seconds, without the current one', () => {
  const count = new RecentCount()
  count.add(4, 5_000)
  count.add(2, 5_999)
  expect(count.last(1, 5_999)).toBe(0)
  expect(count.last(1, 6_000)).toBe(6)
  expect(count.last(10, 15_999)).toBe(6)
  expect(count.last(10, 16_000)).toBe(0)
  count.add(1, 20_000)
  expect([count.total, count.last(60, 21_000)]).toEqual([7, 7])
})
