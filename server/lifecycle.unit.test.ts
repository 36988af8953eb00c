import { afterEach, expect, test, vi } from 'vitest'
import { backoffMs, createLifecycle, createSupervisor, type Lifecycle, sleep } from './lifecycle.ts'
import { type Logger, silentLogger } from './observability/log.ts'

afterEach(() => void vi.useRealTimers())

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
  expect(await lifecycle.stop('test')).toBe('failed')
  expect(stopped).toHaveBeenCalledOnce()
})

test('A7 a stop that hangs is abandoned after the grace period', async () => {
  vi.useFakeTimers()
  const { lifecycle } = lifecycleWith(5_000)
  lifecycle.onStop('web', () => new Promise<void>(() => undefined))
  const stopped = lifecycle.stop('test')
  let ended = false
  void stopped.then(() => {
    ended = true
  })
  await vi.advanceTimersByTimeAsync(4_999)
  expect(ended).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await stopped).toBe('timed_out')
})

test('A7 a stop in time leaves no timer', async () => {
  vi.useFakeTimers()
  const { lifecycle } = lifecycleWith()
  expect(await lifecycle.stop('test')).toBe('clean')
  expect(vi.getTimerCount()).toBe(0)
})

test('A7 a stop that is registered during a shutdown runs, too', async () => {
  const { lifecycle } = lifecycleWith()
  const late = vi.fn()
  lifecycle.onStop('web', () => lifecycle.onStop('late', late))
  await lifecycle.stop('test')
  expect(late).toHaveBeenCalledOnce()
})

test('A7 a stop that requests a stop itself runs once', async () => {
  const { lifecycle } = lifecycleWith()
  const stopped = vi.fn(() => void lifecycle.stop('again'))
  lifecycle.onStop('web', stopped)
  expect(await lifecycle.stop('test')).toBe('clean')
  expect(stopped).toHaveBeenCalledOnce()
})

test('a fatal error stops everything and ends with 1', async () => {
  const { lifecycle, exits } = lifecycleWith()
  const stopped = vi.fn()
  lifecycle.onStop('store', stopped)
  await lifecycle.fail('test', new Error('fault'))
  expect(stopped).toHaveBeenCalledOnce()
  expect(exits).toEqual([1])
})

/** What a signal would do, without sending one: it would reach the test runner as well. */
const signalsOf = (lifecycle: Lifecycle) => {
  const listeners = new Map<string | symbol, (signal: string) => void>()
  vi.spyOn(process, 'on').mockImplementation((event, listener) => {
    listeners.set(event, listener)
    return process
  })
  lifecycle.listenForSignals()
  return (signal: 'SIGTERM' | 'SIGINT') => listeners.get(signal)?.(signal)
}

test.each(['SIGTERM', 'SIGINT'] as const)('A7 %s stops everything, then ends with 0', async (signal) => {
  const { lifecycle, exits } = lifecycleWith()
  const order: string[] = []
  lifecycle.onStop('store', async () => {
    await Promise.resolve()
    order.push(`store, ${exits.length} exits`)
  })
  signalsOf(lifecycle)(signal)
  await vi.waitFor(() => expect(exits).toEqual([0]))
  expect(order).toEqual(['store, 0 exits'])
})

test('A7 a second signal, of either kind, ends the process at once', () => {
  const { lifecycle, exits } = lifecycleWith()
  lifecycle.onStop('store', () => new Promise<void>(() => undefined))
  const send = signalsOf(lifecycle)
  send('SIGTERM')
  expect(exits).toEqual([])
  send('SIGINT')
  expect(exits).toEqual([130])
})

test('A7 a shutdown that takes longer than its grace period ends with 1', async () => {
  vi.useFakeTimers()
  const { lifecycle, exits } = lifecycleWith(5_000)
  lifecycle.onStop('store', () => new Promise<void>(() => undefined))
  signalsOf(lifecycle)('SIGTERM')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(exits).toEqual([1])
})

test('A7 a fatal error during a shutdown ends with 1', async () => {
  const { lifecycle, exits } = lifecycleWith()
  lifecycle.onStop('store', () => void lifecycle.fail('test', new Error('fault while stopping')))
  signalsOf(lifecycle)('SIGTERM')
  await vi.waitFor(() => expect(exits.length).toBeGreaterThan(0))
  expect(exits[0]).toBe(1)
})

test('a service that handles its failures itself reports its own health', async () => {
  const supervisor = createSupervisor({ logger: silentLogger, now: () => 0, random: () => 0 })
  let state: 'running' | 'backing_off' = 'backing_off'
  supervisor.start({
    name: 'patient',
    run: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    health: () => ({ state, failures: 3, lastError: 'away' }),
  })
  expect(supervisor.health()).toMatchObject([{ state: 'backing_off', failures: 3, lastError: 'away' }])
  state = 'running'
  expect(supervisor.health()).toMatchObject([{ state: 'running', failures: 3 }])
  await supervisor.stop()
  expect(supervisor.health()).toMatchObject([{ state: 'stopped' }])
})

test('the supervisor restarts a failed service after a backoff, and reports its health', async () => {
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

test('after a long run, the backoff of a service starts from the beginning', async () => {
  vi.useFakeTimers()
  let nowMs = 0
  const error = vi.fn()
  const logger = { ...silentLogger, error } as unknown as Logger
  // The clock of the machine stands still.
  const supervisor = createSupervisor({ logger, now: () => 0, monotonicNow: () => nowMs, random: () => 1 })
  const runMs = [0, 0, 30_000, 30_001, 0]
  supervisor.start({
    name: 'shaky',
    run() {
      const ranMs = runMs.shift()
      if (ranMs === undefined) return Promise.resolve()
      nowMs += ranMs
      return Promise.reject(new Error('fault'))
    },
  })
  await vi.runAllTimersAsync()
  expect(error.mock.calls.map(([fields]) => [fields.attempt, fields.waitMs])).toEqual([
    [1, 100],
    [2, 200],
    [3, 400],
    [1, 100],
    [2, 200],
  ])
  expect(supervisor.health()).toMatchObject([{ state: 'stopped', failures: 5 }])
})

test('A7 stopping lets a service finish its current step', async () => {
  const supervisor = createSupervisor({ logger: silentLogger, now: () => 0, random: () => 0 })
  const order: string[] = []
  const work = Promise.withResolvers<void>()
  supervisor.start({
    name: 'busy',
    async run() {
      await work.promise
      order.push('work done')
    },
  })
  const stopped = supervisor.stop().then(() => order.push('stopped'))
  work.resolve()
  await stopped
  expect(order).toEqual(['work done', 'stopped'])
})

test('A7 stopping ends a backoff, and restarts nothing', async () => {
  const supervisor = createSupervisor({ logger: silentLogger, now: () => 0, random: () => 1 })
  let runs = 0
  supervisor.start({
    name: 'broken',
    run() {
      runs++
      return Promise.reject(new Error('fault'))
    },
  })
  await vi.waitFor(() => expect(supervisor.health()[0]?.state).toBe('backing_off'))
  await supervisor.stop()
  expect(runs).toBe(1)
  expect(supervisor.health()).toMatchObject([{ state: 'stopped', failures: 1 }])
})

test('a failed service does not affect the others', async () => {
  const supervisor = createSupervisor({ logger: silentLogger, now: () => 7, random: () => 1 })
  supervisor.start({ name: 'broken', run: () => Promise.reject('not even an Error') })
  supervisor.start({ name: 'sound', run: (signal) => sleep(60_000, signal) })
  await vi.waitFor(() => expect(supervisor.health()[0]?.state).toBe('backing_off'))
  expect(supervisor.health()).toEqual([
    { name: 'broken', state: 'backing_off', failures: 1, lastError: 'not even an Error', startedAtMs: 7 },
    { name: 'sound', state: 'running', failures: 0, lastError: null, startedAtMs: 7 },
  ])
  await supervisor.stop()
})

test('a backoff doubles up to its limit, with full jitter', () => {
  expect([1, 2, 3, 10, 1_000].map((attempt) => backoffMs(attempt, () => 1))).toEqual([100, 200, 400, 5_000, 5_000])
  expect(backoffMs(5, () => 0.5)).toBe(800)
  expect(backoffMs(5, () => 0)).toBe(0)
})

test('sleep ends at once when it is aborted, before or during the wait', async () => {
  await sleep(60_000, AbortSignal.abort())
  const controller = new AbortController()
  const sleeping = sleep(60_000, controller.signal)
  controller.abort()
  await sleeping
})
