import { expect, test } from 'vitest'
import { createWallClock } from './wall-clock.ts'

test('times keep their order within a millisecond, and follow a change of the clock', () => {
  let [wallMs, monotonicMs] = [1_700_000_000_123, 1_000]
  const wall = createWallClock({ now: () => wallMs, monotonicNow: () => monotonicMs })
  monotonicMs = 1_000.9
  expect([wall(1_000.25), wall(1_000.5)]).toEqual([
    [1_700_000_000, 123_250_000],
    [1_700_000_000, 123_500_000],
  ])
  ;[wallMs, monotonicMs] = [wallMs + 60_000, 2_001]
  expect(wall(2_001)).toEqual([1_700_000_060, 123_000_000])
})
