import { expect, test } from 'vitest'
import { RecentCount, RecentTimes } from './recent.ts'

test('percentiles are those of the window, by nearest rank, and null when nothing happened', () => {
  const times = new RecentTimes()
  expect(times.percentiles(0)).toEqual({ p50: null, p99: null })
  for (let ms = 1; ms <= 100; ms++) times.add(ms, 1_000 + ms)
  expect(times.percentiles(1_000)).toEqual({ p50: 50, p99: 99 })
  expect(times.percentiles(1_099)).toEqual({ p50: 100, p99: 100 })
  expect(times.percentiles(1_100)).toEqual({ p50: null, p99: null })
})

test('A6 only the newest times are kept', () => {
  const times = new RecentTimes(3)
  for (const ms of [900, 1, 2, 3]) times.add(ms, 10)
  expect(times.percentiles(0)).toEqual({ p50: 2, p99: 3 })
})

test('a rate counts whole seconds, not the one that has just begun', () => {
  const count = new RecentCount(10)
  count.add(4, 5_000)
  count.add(2, 5_999)
  expect(count.last(1, 5_999)).toBe(0)
  expect(count.last(1, 6_000)).toBe(6)
  expect(count.last(10, 15_999)).toBe(6)
  expect(count.last(10, 16_000)).toBe(0)
  count.add(1, 20_000)
  expect([count.total, count.last(60, 21_000)]).toEqual([7, 1])
})
