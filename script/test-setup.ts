/**
 * A stray `console.error` or `console.warn` fails the test that made it. `vi.waitFor` waits long enough for a busy machine: by itself it waits a
 * second.
 */
import { afterEach, beforeEach, expect, vi } from 'vitest'

const waitForMs = 10_000
const { waitFor } = vi
vi.waitFor = (callback, options) => waitFor(callback, typeof options === 'number' ? options : { timeout: waitForMs, ...options })

const said: unknown[][] = []

beforeEach(() => {
  said.length = 0
  vi.spyOn(console, 'error').mockImplementation((...args) => void said.push(args))
  vi.spyOn(console, 'warn').mockImplementation((...args) => void said.push(args))
})

afterEach(() => {
  expect(said, 'nothing was written to console.error or console.warn').toEqual([])
})
