import { expect, test } from 'vitest'
import { type ClaimOptions, claim } from './claim.ts'

const event = { name: 'main.full', atMs: 10_000, toleranceMs: 1_000 }

const setUp = (hasLocks: boolean) => {
  const stored = new Map<string, string>()
  let tokens = 0
  let queue = Promise.resolve()
  const request = (_: string, run: () => unknown) => {
    const result = queue.then(run)
    queue = result.then(() => undefined)
    return result
  }
  const options: ClaimOptions = {
    storage: { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => void stored.set(key, value) },
    locks: hasLocks ? { request: request as LockManager['request'] } : undefined,
    newToken: () => `tab ${tokens++}`,
    wait: () => new Promise((resolve) => setImmediate(resolve)),
  }
  return { stored, options }
}

test.each([true, false])('S2: of five tabs one speaks about an event (locks: %s)', async (hasLocks) => {
  const { options } = setUp(hasLocks)
  const times = [0, 200, -300, 900, -100]
  const results = await Promise.all(times.map((shift) => claim(options, { ...event, atMs: event.atMs + shift })))
  expect(results.filter(Boolean)).toHaveLength(1)
  expect(await claim(options, event)).toBe(false)
  expect(await claim(options, { ...event, atMs: 20_000 })).toBe(true)
  expect(await claim(options, { ...event, name: 'other.full' })).toBe(true)
})

test('S2: two tabs that write at the same time do not both speak', async () => {
  const { options, stored } = setUp(false)
  // Each tab reads the storage before the other one has written.
  let wrote = 0
  const storage = {
    getItem: (key: string) => (wrote < 2 ? null : (stored.get(key) ?? null)),
    setItem: (key: string, value: string) => {
      stored.set(key, value)
      wrote++
    },
  }
  const results = await Promise.all([claim({ ...options, storage }, event), claim({ ...options, storage }, event)])
  expect(results.filter(Boolean)).toHaveLength(1)
})

test('S2: a tab without storage, or with another text in it, speaks', async () => {
  const { options, stored } = setUp(false)
  const fail = () => {
    throw new Error('blocked')
  }
  expect(await claim({ ...options, storage: { getItem: fail, setItem: fail } }, event)).toBe(true)
  stored.set('fresco.said.main.full', '{"atMs":"x"')
  expect(await claim(options, event)).toBe(true)
})
