import { expect, test } from 'vitest'
import { flushWindowMs } from './window.ts'

test('the window grows with the number of sockets, from 16 to 250 ms', () => {
  expect([0, 1, 457, 471, 472, 1_000, 7_128, 7_129, 1_000_000].map(flushWindowMs)).toEqual([16, 16, 16, 16, 17, 35, 249, 250, 250])
})
