import { expect, test, vi } from 'vitest'
import { createFailpoints } from './failpoints.ts'
import { backoffMs, createLifecycle, createSupervisor, sleep } from './lifecycle.ts'
import { silentLogger } from './observability/log.ts'

const lifecycleWith = (graceMs = 1_000) => {
  const exits: number[] = []
  return { exits, lifecycle: createLifecycle({ logger: silentLogger, graceMs, exit: (code) => exits.push(code) }) }
}

test('A7 stops run one after another, the last registered first, once', async () => {
  const { lifecycle } = lifecycleWith()
  const order: string[] = []
  for (const name of ['store', 'loops', 'web']) {
    lifecycle.onStop(name, async () => {
      await Promise.resolve()
      order.push(name)
    })
  }
  expect(await Promise.all([lifecycle.stop('test'), lifecycle.stop('again')])).toEqual(['clean', 'clean'])
  expect(order).toEqual(['web', 'loops', 'store'])
})

test('A7 a stop that fails does not keep the others from stopping', async () => {
  const { lifecycle } = lifecycleWith()
  const stopped = vi.fn()
  lifecycle.onStop('store', stopped)
  lifecycle.onStop('web', () => Promise.reject(new Error('stuck')))
  expect(await lifecycle.stop('test')).toBe('clean')
  expect(stopped).toHaveBeenCalledOnce()
})

test('A7 a stop that hangs is given up after the grace', async () => {
  vi.useFakeTimers()
  const { lifecycle } = lifecycleWith(5_000)
  lifecycle.onStop('web', () => new Promise<void>(() => undefined))
  const stopped = lifecycle.stop('test')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await stopped).toBe('timed_out')
  vi.useRealTimers()
})

test('a fault stops everything and ends with 1', async () => {
  const { lifecycle, exits } = lifecycleWith()
  await lifecycle.fail('test', new Error('fault'))
  expect(exits).toEqual([1])
})

test('the supervisor restarts what fails, after a pause, and tells its health', async () => {
  const supervisor = createSupervisor({ logger: silentLogger, now: () => 0, random: () => 0 })
  let runs = 0
  supervisor.start({
    name: 'shaky',
    async run(signal) {
      if (++runs < 3) throw new Error(`fault ${runs}`)
      await sleep(60_000, signal)
    },
  })
  await vi.waitFor(() => expect(runs).toBe(3))
  expect(supervisor.health()).toMatchObject([{ name: 'shaky', state: 'running', failures: 2, lastError: 'fault 2' }])
  await supervisor.stop()
  expect(supervisor.health()[0]?.state).toBe('stopped')
})

test('a pause doubles up to its bound, with full jitter', () => {
  expect([1, 2, 3, 10, 1_000].map((attempt) => backoffMs(attempt, () => 1))).toEqual([100, 200, 400, 5_000, 5_000])
  expect(backoffMs(5, () => 0.5)).toBe(800)
  expect(backoffMs(5, () => 0)).toBe(0)
})

test('sleep ends at once when it is aborted, before or meanwhile', async () => {
  await sleep(60_000, AbortSignal.abort())
  const controller = new AbortController()
  const sleeping = sleep(60_000, controller.signal)
  controller.abort()
  await sleeping
})

test('a failpoint throws where it is armed and nowhere else', async () => {
  const failpoints = createFailpoints({ 'publisher.before-mark': 'throw' })
  await failpoints.hit('publisher.after-mark')
  failpoints.hitSync('publisher.after-mark')
  await expect(failpoints.hit('publisher.before-mark')).rejects.toMatchObject({ code: 'failpoint' })
  expect(() => failpoints.hitSync('publisher.before-mark')).toThrow('publisher.before-mark')
})
