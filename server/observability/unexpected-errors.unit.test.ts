import { expect, test, vi } from 'vitest'
import { createUnexpectedErrors } from './unexpected-errors.ts'

const setup = () => {
  const error = vi.fn()
  let nowMs = 0
  const errors = createUnexpectedErrors({ logger: { error }, monotonicNow: () => nowMs })
  return {
    errors,
    error,
    advance(ms: number) {
      nowMs += ms
    },
  }
}

test('a guarded callback neither throws nor rejects, and each error is logged with its stack and counted', async () => {
  const { errors, error } = setup()
  const closed = vi.fn()
  const broken = new Error('broken')
  errors.guard('timer', () => {
    throw broken
  })()
  errors.guard('socket', async (_id: number) => Promise.reject(broken), closed)(7)
  await new Promise(setImmediate)
  expect(error.mock.calls.map(([line]) => line)).toEqual([
    { event: 'unexpected_error', where: 'timer', err: broken },
    { event: 'unexpected_error', where: 'socket', err: broken },
  ])
  expect(closed.mock.calls).toEqual([[7]])
  expect([...errors.counts()]).toEqual([
    ['timer', 1],
    ['socket', 1],
  ])
})

test('a guarded callback that works is called once, with its arguments', () => {
  const { errors, error } = setup()
  const callback = vi.fn()
  errors.guard('timer', callback)(1, 'two')
  expect(callback.mock.calls).toEqual([[1, 'two']])
  expect(error).not.toHaveBeenCalled()
})

test('a thrown value that is not an Error gets a stack', () => {
  const { errors, error } = setup()
  errors.report('timer', 'a string')
  expect(error.mock.calls[0]?.[0].err).toMatchObject({ cause: 'a string', stack: expect.any(String) })
})

test('A6 one guarded callback logs ten errors a minute, and counts all of them', () => {
  const { errors, error, advance } = setup()
  for (let i = 0; i < 1_000; i++) errors.report('socket', new Error('again'))
  errors.report('timer', new Error('another place'))
  expect(error).toHaveBeenCalledTimes(11)
  advance(60_000)
  errors.report('socket', new Error('again'))
  expect(error).toHaveBeenCalledTimes(12)
  expect(errors.counts().get('socket')).toBe(1_001)
})
