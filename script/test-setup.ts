/** A stray `console.error` or `console.warn` fails the test that made it. */
import { afterEach, beforeEach, expect, vi } from 'vitest'

const said: unknown[][] = []

beforeEach(() => {
  said.length = 0
  vi.spyOn(console, 'error').mockImplementation((...args) => void said.push(args))
  vi.spyOn(console, 'warn').mockImplementation((...args) => void said.push(args))
})

afterEach(() => {
  expect(said, 'nothing was written to console.error or console.warn').toEqual([])
})
