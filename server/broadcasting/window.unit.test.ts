import { expect, test } from 'vitest'
import { flushWindowMs } from './window.ts'

test('the window grows with the number of sockets, from 16 to 250 ms', () => {
  expect([0, 1, 266, 267, 275, 1_000, 4_166, 4_167, 1_000_000].map(flushWindowMs)).toEqual([16, 16, 16, 16, 17, 60, 250, 250, 250])
})
