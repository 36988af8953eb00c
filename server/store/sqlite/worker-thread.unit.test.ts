import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WorkerThread } from './worker-thread.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Part {
  place(): string
  ping(): string
}

/** A thread that answers no call. */
const hungThread = () => {
  const worker = Object.assign(new EventEmitter(), { postMessage: () => undefined })
  return new WorkerThread<Part>(worker as unknown as Worker, ['place', 'ping'], { onFatal: () => undefined })
}

test.each([
  ['place', 10_000, 'outcome_unknown'],
  ['ping', 30_000, 'unavailable'],
] as const)('A1 a call of "%s" without an answer fails after %d ms', async (method, deadlineMs, code) => {
  let failure: unknown = null
  void hungThread()
    .methods[method]()
    .catch((error: unknown) => {
      failure = error
    })
  await vi.advanceTimersByTimeAsync(deadlineMs - 1)
  expect(failure).toBeNull()
  await vi.advanceTimersByTimeAsync(1)
  expect(failure).toMatchObject({ code })
})
