import { expect, test } from 'vitest'
import { createClockBounds } from './clock-bounds.ts'

const setUp = () => {
  const clock = { wallMs: 1_000_000, monotonicMs: 50 }
  const bounds = createClockBounds({ now: () => clock.wallMs, monotonicNow: () => clock.monotonicMs })
  const pass = (ms: number) => {
    clock.wallMs += ms
    clock.monotonicMs += ms
  }
  return { clock, bounds, pass }
}

test('both bounds are the wall clock while the clock is not set', () => {
  const { bounds, pass } = setUp()
  pass(5_000)
  expect([bounds.earliest(), bounds.latest()]).toEqual([1_005_000, 1_005_000])
})

test.each([-3_600_000, 3_600_000])('no age exceeds the passed time when the clock is set by %i ms and back', (byMs) => {
  const { clock, bounds, pass } = setUp()
  const stored: { atMs: number; passedMs: number }[] = []
  let passedMs = 0
  for (const step of [0, byMs, -byMs]) {
    clock.wallMs += step
    stored.push({ atMs: bounds.latest(), passedMs })
    for (const one of stored) expect(bounds.earliest() - one.atMs).toBeLessThanOrEqual(passedMs - one.passedMs)
    pass(1_000)
    passedMs += 1_000
  }
})
