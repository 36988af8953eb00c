import { expect, test } from 'vitest'
import { manyPixels } from './broadcasting/window.ts'
import { createPace } from './pace.ts'

const watched = (windowMs: number) => createPace({ windowMs: () => windowMs, sockets: () => 1 })

test('a round is a little longer than the window, within bounds, and painters are missed for a little longer than that', () => {
  const roundsMs = [0, 24, 25, 40, 60, 61, 1_000].map((windowMs) => watched(windowMs).roundMs({ pixels: 1 }))
  expect(roundsMs).toEqual([28, 28, 28, 43, 63, 63, 63])
  expect([0, 40, 1_000].map((windowMs) => watched(windowMs).missedMs())).toEqual([31, 46, 66])
})

test('where nobody watches rounds are further apart, the more so the more they carry', () => {
  const { roundMs } = createPace({ windowMs: () => 25, sockets: () => 0 })
  expect([0, manyPixels - 1, manyPixels].map((pixels) => roundMs({ pixels }))).toEqual([60, 60, 100])
})
