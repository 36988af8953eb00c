import { expect, test, vi } from 'vitest'
import { PartProbe } from './part-probe.ts'

const setUp = () => {
  const state: { nowMs: number; answer: () => Promise<void> } = { nowMs: 0, answer: () => Promise.resolve() }
  const logger = { error: vi.fn(), info: vi.fn() }
  const probe = new PartProbe({ part: 'stream', ping: () => state.answer(), logger, monotonicNow: () => state.nowMs })
  const seconds = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await probe.isThere()
      state.nowMs += 1_000
    }
  }
  return { state, logger, probe, seconds }
}

test('a part that is away is logged once after a minute, with the reason, and once when it is back', async () => {
  const { state, logger, probe, seconds } = setUp()
  await seconds(3)
  expect(probe.cause).toBeNull()
  state.answer = () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:6379'))
  await seconds(60)
  expect(probe.cause).toBe('connect ECONNREFUSED 127.0.0.1:6379')
  expect(logger.error).not.toHaveBeenCalled()
  await seconds(600)
  expect(logger.error.mock.calls).toEqual([[{ event: 'stream_is_away', awayMs: 60_000, cause: 'connect ECONNREFUSED 127.0.0.1:6379' }]])
  state.answer = () => Promise.resolve()
  await seconds(2)
  expect(probe.cause).toBeNull()
  expect(logger.info.mock.calls).toEqual([[{ event: 'stream_is_back', awayMs: 660_000 }]])
})

test('a part that answers again within a minute is not logged', async () => {
  const { state, logger, seconds } = setUp()
  state.answer = () => Promise.reject(new Error('gone'))
  await seconds(60)
  state.answer = () => Promise.resolve()
  await seconds(100)
  expect(logger.error).not.toHaveBeenCalled()
  expect(logger.info).not.toHaveBeenCalled()
})

test('a part that hangs has a reason, too', async () => {
  const { state, probe } = setUp()
  state.answer = () => new Promise(() => undefined)
  expect(await probe.isThere()).toBe(false)
  expect(probe.cause).toBe('no answer within a second')
})
