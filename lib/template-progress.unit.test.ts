import { expect, test } from 'vitest'
import { addSample, minPaceMs, type ProgressSample, paceOf } from './template-progress.ts'

const [minute, hour] = [60_000, 3_600_000]
const sample = (atMs: number, right: number, basis = 'one'): ProgressSample => ({ atMs, basis, right })
const pace = (samples: readonly ProgressSample[], atMs: number, right: number, left: number, basis = 'one') =>
  paceOf(samples, { atMs, basis, right, left })

test('T17 there is one sample an hour, of the last day, and none of another basis', () => {
  const first = addSample([], sample(10 * minute, 1)) ?? []
  expect(first).toHaveLength(1)
  expect(addSample(first, sample(59 * minute, 2))).toBe(null)
  expect(addSample(first, sample(60 * minute, 2))).toHaveLength(2)
  expect(addSample(first, sample(11 * minute, 2, 'two'))).toEqual([sample(11 * minute, 2, 'two')])
  let samples: readonly ProgressSample[] = []
  for (let at = 0; at < 100; at++) samples = addSample(samples, sample(at * hour, at)) ?? samples
  expect(samples.length).toBeLessThanOrEqual(26)
  expect(samples.at(-1)).toEqual(sample(99 * hour, 99))
})

test('T17 the pace needs 30 minutes of data, and is that of the last day', () => {
  expect(pace([sample(0, 100)], minPaceMs - 1, 150, 50)).toBe(null)
  expect(pace([sample(0, 100)], minPaceMs, 150, 50)).toEqual({ perHour: 100, etaMs: 30 * minute })
  expect(pace([sample(0, 0), sample(10 * hour, 0)], 30 * hour, 100, 900)).toEqual({ perHour: 5, etaMs: 180 * hour })
  expect(pace([sample(0, 100, 'two')], hour, 150, 50)).toBe(null)
})

test('T17 without progress, or with nothing left, there is no time until the end', () => {
  expect(pace([sample(0, 100)], hour, 100, 50)).toEqual({ perHour: 0, etaMs: null })
  expect(pace([sample(0, 100)], hour, 40, 50)).toEqual({ perHour: -60, etaMs: null })
  expect(pace([sample(0, 100)], hour, 200, 0)).toEqual({ perHour: 100, etaMs: null })
})
