import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ServerClock, timeOfDateHeader } from './server-clock.ts'

test('the offset is unknown at first, and after one Date header over a slow network', () => {
  const clock = new ServerClock()
  expect(clock.offsetMs()).toBeNull()
  clock.add({ earliestMs: 0, latestMs: 999, sentAtMs: 0, receivedAtMs: 3_000 })
  expect(clock.offsetMs()).toBeNull()
})

test('an answer with milliseconds gives the offset with an error of half the round trip', () => {
  const clock = new ServerClock()
  clock.add({ earliestMs: 10_000, latestMs: 10_000, sentAtMs: 4_980, receivedAtMs: 5_020 })
  expect(clock.offsetMs()).toBe(5_000)
})

test('many Date headers come close to the true offset, whatever it is', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.array(fc.record({ waitMs: fc.nat({ max: 3_000 }), thereMs: fc.nat({ max: 40 }), backMs: fc.nat({ max: 40 }) }), {
        minLength: 12,
        maxLength: 40,
      }),
      (offsetMs, answers) => {
        const clock = new ServerClock()
        let localMs = 1_700_000_000_000
        for (const { waitMs, thereMs, backMs } of answers) {
          const sentAtMs = localMs + waitMs
          const second = Math.floor((sentAtMs + thereMs + offsetMs) / 1_000) * 1_000
          localMs = sentAtMs + thereMs + backMs
          clock.add({ earliestMs: second, latestMs: second + 999, sentAtMs, receivedAtMs: localMs })
        }
        const guess = clock.offsetMs()
        if (guess !== null) expect(Math.abs(guess - offsetMs)).toBeLessThanOrEqual(540)
      },
    ),
  )
})

test('a clock that was set makes the estimate start over', () => {
  const clock = new ServerClock()
  clock.add({ earliestMs: 10_000, latestMs: 10_000, sentAtMs: 10_000, receivedAtMs: 10_010 })
  clock.add({ earliestMs: 20_000, latestMs: 20_000, sentAtMs: 90_000, receivedAtMs: 90_010 })
  expect(clock.offsetMs()).toBe(-70_005)
})

test('a Date header is a whole second, and another text is ignored', () => {
  expect(timeOfDateHeader('Tue, 14 Nov 2023 22:13:20 GMT')).toEqual({ earliestMs: 1_700_000_000_000, latestMs: 1_700_000_000_999 })
  expect(timeOfDateHeader(null)).toBeNull()
  expect(timeOfDateHeader('soon')).toBeNull()
})
