import { expect, test } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import { createKeptReads } from './kept-reads.ts'

const canvas = asCanvasId('main')

const setUp = () => {
  const clock = { nowMs: 0 }
  const store = { reads: 0, isDown: false, takesMs: 0 }
  const read = createKeptReads({
    now: () => clock.nowMs,
    async read() {
      store.reads++
      const value = store.reads
      clock.nowMs += store.takesMs
      if (store.isDown) throw new Error('down')
      return value
    },
    keepMs: () => 1_000,
  })
  return { clock, store, read: () => read(canvas) }
}

test('requests share a read, and its value is kept', async () => {
  const { clock, read } = setUp()
  expect(await Promise.all([read(), read()])).toEqual([1, 1])
  clock.nowMs = 999
  expect(await read()).toBe(1)
  clock.nowMs = 1_000
  expect(await read()).toBe(2)
})

test('a failed read is not repeated for a time that grows with how long it took', async () => {
  const { clock, store, read } = setUp()
  Object.assign(store, { isDown: true, takesMs: 30_000 })
  await expect(read()).rejects.toThrow('down')
  for (let request = 0; request < 5; request++) await expect(read()).rejects.toThrow('down')
  expect(store.reads).toBe(1)
  Object.assign(store, { isDown: false, takesMs: 0 })
  clock.nowMs = 30_000 + 10 * 60_000
  expect(await read()).toBe(2)
})

test('the last value is shown while reads fail', async () => {
  const { clock, store, read } = setUp()
  expect(await read()).toBe(1)
  store.isDown = true
  for (const nowMs of [1_000, 3_000, 5_000]) {
    clock.nowMs = nowMs
    expect(await read()).toBe(1)
  }
  store.isDown = false
  clock.nowMs = 7_000
  expect(await read()).toBe(5)
})
