import { expect, test, vi } from 'vitest'
import { silentLogger } from '../../observability/log.ts'
import { StreamError } from '../port.ts'
import { Breaker } from './breaker.ts'

const reply = () => Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' })

const setUp = () => {
  const answers: ((isThere: boolean) => void)[] = []
  const renew = vi.fn()
  const breaker = new Breaker({
    probe: () => new Promise((resolve, reject) => answers.push((isThere) => (isThere ? resolve() : reject(new Error('no answer'))))),
    renew,
    logger: silentLogger,
    random: () => 0,
  })
  return { breaker, renew, answers }
}

test('the first call without an answer opens the breaker: connections are renewed once, and calls are refused without being made', async () => {
  const { breaker, renew, answers } = setUp()
  const fails = () => breaker.run(() => Promise.reject(new Error('Command timed out')))
  await Promise.all([expect(fails()).rejects.toMatchObject({ code: 'unavailable' }), expect(fails()).rejects.toThrow('timed out')])
  const call = vi.fn(async () => 'answer')
  await expect(breaker.run(call)).rejects.toMatchObject({ code: 'unavailable' })
  expect(call).not.toHaveBeenCalled()
  expect([renew.mock.calls.length, answers.length]).toEqual([1, 1])
})

test('one probe at a time checks whether Redis answers, and an answer closes the breaker', async () => {
  const { breaker, answers } = setUp()
  await breaker.run(() => Promise.reject(new Error('gone'))).catch(() => undefined)
  answers[0]?.(false)
  await vi.waitFor(() => expect(answers).toHaveLength(2))
  expect(breaker.isOpen).toBe(true)
  answers[1]?.(true)
  await vi.waitFor(() => expect(breaker.isOpen).toBe(false))
  expect(await breaker.run(async () => 7)).toBe(7)
})

test('a late failure of an earlier call does not open the breaker again', async () => {
  const { breaker, answers } = setUp()
  const late = Promise.withResolvers<never>()
  const call = breaker.run(() => late.promise)
  await breaker.run(() => Promise.reject(new Error('gone'))).catch(() => undefined)
  answers[0]?.(true)
  await vi.waitFor(() => expect(breaker.isOpen).toBe(false))
  late.reject(new Error('Connection is closed'))
  await expect(call).rejects.toMatchObject({ code: 'unavailable' })
  expect(breaker.isOpen).toBe(false)
})

test('an error that Redis sends is an answer: the call fails and the breaker stays closed', async () => {
  const { breaker, renew } = setUp()
  await expect(breaker.run(() => Promise.reject(reply()))).rejects.toBeInstanceOf(StreamError)
  expect([breaker.isOpen, renew.mock.calls.length]).toEqual([false, 0])
})

test('a breaker that is shut down sends no more probes, and calls fail with `closed`', async () => {
  const { breaker, answers } = setUp()
  await breaker.run(() => Promise.reject(new Error('gone'))).catch(() => undefined)
  breaker.close()
  answers[0]?.(false)
  await expect(breaker.run(async () => 7)).rejects.toMatchObject({ code: 'closed' })
  expect(answers).toHaveLength(1)
})
