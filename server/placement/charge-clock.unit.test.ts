import { expect, test } from 'vitest'
import { ChargeClock } from './charge-clock.ts'

test('it moves with the monotonic clock, from the time of day at the start', () => {
  const monotonic = { ms: 500.7 }
  const clock = new ChargeClock({ startMs: 1_000_000, monotonicNow: () => monotonic.ms })
  expect(clock.now()).toBe(1_000_000)
  monotonic.ms += 1_234.5
  expect(clock.now()).toBe(1_001_234)
})

test('a stored time that is ahead moves it forward, one that is behind does nothing', () => {
  const monotonic = { ms: 0 }
  const clock = new ChargeClock({ startMs: 1_000_000, monotonicNow: () => monotonic.ms })
  clock.observe(999_999)
  expect(clock.now()).toBe(1_000_000)
  clock.observe(4_600_000)
  expect(clock.now()).toBe(4_600_000)
  monotonic.ms += 2_000
  expect(clock.now()).toBe(4_602_000)
})
