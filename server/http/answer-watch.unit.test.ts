import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { answerLimits, createAnswerWatch } from './answer-watch.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** The time until a client is cut off that reads `bytes` of a long answer every `everyMs`; null if that is more than `forMs`. */
const cutOffAfter = ({ bytes, everyMs, forMs, isLarge = true }: { bytes: number; everyMs: number; forMs: number; isLarge?: boolean }) => {
  const watch = createAnswerWatch({ now: () => Date.now() })
  const startedAtMs = Date.now()
  let cutOffAtMs: number | null = null
  const socket = { writableLength: 65_536, bytesWritten: 65_536, destroy: () => undefined }
  const response = Object.assign(new EventEmitter(), { socket })
  const onCutOff = () => {
    cutOffAtMs ??= Date.now() - startedAtMs
  }
  watch.watch(response as unknown as ServerResponse, { isLarge, onCutOff })
  for (let ms = everyMs; ms <= forMs; ms += everyMs) {
    vi.advanceTimersByTime(everyMs)
    socket.bytesWritten += bytes
  }
  response.emit('close')
  return cutOffAtMs
}

test('a client that reads nothing is cut off after 30 s', () => {
  expect(cutOffAfter({ bytes: 0, everyMs: 1_000, forMs: 29_000 })).toBeNull()
  expect(cutOffAfter({ bytes: 0, everyMs: 1_000, forMs: 60_000 })).toBe(30_000)
})

test('a client that reads 32 kB of a large answer every ten seconds is cut off, and a slow line is not', () => {
  expect(cutOffAfter({ bytes: 32_768, everyMs: 10_000, forMs: 120_000 })).toBeLessThanOrEqual(61_000)
  expect(cutOffAfter({ bytes: 4_000, everyMs: 1_000, forMs: 300_000 })).toBeNull()
  expect(cutOffAfter({ bytes: 3_400, everyMs: 1_000, forMs: 300_000 })).toBeLessThanOrEqual(31_000)
  expect(cutOffAfter({ bytes: 3_000, everyMs: 1_000, forMs: 300_000, isLarge: false })).toBeNull()
})

test('no answer takes longer than ten minutes', () => {
  expect(cutOffAfter({ bytes: 100_000, everyMs: 1_000, forMs: answerLimits.totalMs - 1_000 })).toBeNull()
  expect(cutOffAfter({ bytes: 100_000, everyMs: 1_000, forMs: answerLimits.totalMs + 2_000 })).toBe(answerLimits.totalMs)
})

test('the time while an answer is being made does not count', () => {
  const watch = createAnswerWatch({ now: () => Date.now() })
  const onCutOff = vi.fn()
  const response = Object.assign(new EventEmitter(), { socket: { writableLength: 0, bytesWritten: 0, destroy: () => undefined } })
  watch.watch(response as unknown as ServerResponse, { isLarge: true, onCutOff })
  vi.advanceTimersByTime(300_000)
  expect(onCutOff).not.toHaveBeenCalled()
})
