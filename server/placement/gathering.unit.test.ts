import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Gathering } from './gathering.ts'

const missedMs = 40

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const setUp = () => {
  let waiting = 0
  const gathering = new Gathering({ waiting: () => waiting, steadyNow: Date.now, missedMs: () => missedMs })
  const closing = new AbortController()
  /** How long a transaction would wait at most if nothing else happened than what `meanwhile` does. */
  const waitedMs = async (meanwhile: () => Promise<unknown> = () => vi.advanceTimersByTimeAsync(1_000)) => {
    const startMs = Date.now()
    const end = gathering.wait(closing.signal).then(() => Date.now() - startMs)
    await meanwhile()
    return end
  }
  /** Each of them asks once more. */
  const ask = (...painters: string[]) => {
    for (const painter of painters) {
      waiting++
      gathering.came(painter)
    }
  }
  /** Each of them asks, and whatever waits is taken. */
  const paint = (...painters: string[]) => {
    ask(...painters)
    waiting = 0
    gathering.taken(painters)
  }
  return { ask, closing, waitedMs, paint }
}

test('one and two who are missing are not waited for, three are, as long as they are missed', async () => {
  const { ask, paint, waitedMs } = setUp()
  paint('a')
  paint('b')
  ask('x')
  expect(await waitedMs()).toBe(0)
  paint('a', 'b')
  paint('c')
  await vi.advanceTimersByTimeAsync(10)
  ask('x')
  expect(await waitedMs()).toBe(missedMs - 10)
})

test.each([
  { ends: 'when all but two are back', waiting: ['a'], before: ['x'], last: 'b' },
  { ends: 'with the twelfth request, whoever is missing', waiting: ['x'], before: Array<string>(10).fill('y'), last: 'z' },
])('the waiting ends $ends', async ({ waiting, before, last }) => {
  const { ask, paint, waitedMs } = setUp()
  paint('a', 'b', 'c', 'd')
  ask(...waiting)
  const ms = await waitedMs(async () => {
    await vi.advanceTimersByTimeAsync(5)
    ask(...before)
    await vi.advanceTimersByTimeAsync(5)
    ask(last)
  })
  expect(ms).toBe(10)
  expect(await waitedMs()).toBe(0)
})

test('the waiting ends when the signal is aborted', async () => {
  const { ask, closing, paint, waitedMs } = setUp()
  paint('a', 'b', 'c')
  ask('x')
  expect(await waitedMs(async () => closing.abort())).toBe(0)
})

test('after waiting in vain it does not wait for a while, and for a longer one the next time', async () => {
  const { ask, paint, waitedMs } = setUp()
  const once = () => {
    paint('a', 'b', 'c')
    ask('x')
    return waitedMs(() => vi.advanceTimersByTimeAsync(missedMs))
  }
  const pausesMs: number[] = []
  expect(await once()).toBe(missedMs)
  for (let vain = 0; vain < 7; vain++) {
    const startMs = Date.now()
    while ((await once()) === 0);
    pausesMs.push(Date.now() - missedMs - startMs)
  }
  // In steps of the forty milliseconds that a try takes here.
  for (const [index, ms] of [100, 200, 400, 800, 1_600, 3_200, 3_200].entries()) {
    expect(pausesMs[index]).toBeGreaterThanOrEqual(ms)
    expect(pausesMs[index]).toBeLessThan(ms + 2 * missedMs)
  }
})

test('waiting that brought somebody late in it was not in vain', async () => {
  const { ask, paint, waitedMs } = setUp()
  const once = (cameAfterMs: number) => {
    paint('a', 'b', 'c')
    ask('x')
    return waitedMs(async () => {
      await vi.advanceTimersByTimeAsync(cameAfterMs)
      ask('y')
      await vi.advanceTimersByTimeAsync(missedMs - cameAfterMs)
    })
  }
  expect(await once(11)).toBe(missedMs)
  expect(await once(11)).toBe(missedMs)
  expect(await once(5)).toBe(missedMs)
  expect(await once(11)).toBe(0)
})
