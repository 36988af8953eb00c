import { expect, onTestFinished, test, vi } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import { canvasWith, createCanvasCache } from './canvas-cache.ts'
import { MemoryStore } from './memory/memory-store.ts'
import { StoreError } from './port.ts'
import { testCanvas, updateCanvas } from './store.fixture.ts'

const main = asCanvasId('main')

const setUp = async () => {
  const asked: string[] = []
  const held = { isDown: false, isHung: false, release: Promise.resolve() }
  const store = new MemoryStore({
    pause: async (point) => {
      if (point !== 'store.get-canvas' && point !== 'store.list-canvases') return
      asked.push(point)
      if (held.isHung) await new Promise<never>(() => undefined)
      if (held.isDown) throw new StoreError('unavailable', 'down')
    },
  })
  await store.ensureCanvas(testCanvas())
  const clock = { nowMs: 0 }
  return { asked, held, store, clock, cache: createCanvasCache({ store, now: () => clock.nowMs }) }
}

test('the store is read at most once a second, and concurrent requests share one call', async () => {
  const { cache, asked, clock } = await setUp()
  await Promise.all([cache.get('main'), cache.get('main'), cache.get('main')])
  clock.nowMs = 999
  expect(await cache.get('main')).toMatchObject({ id: 'main', rev: 1 })
  expect(asked.length).toBe(1)
  clock.nowMs = 1_000
  await cache.get('main')
  expect(asked.length).toBe(2)
})

test('a change is answered at once after forget, and otherwise after a second', async () => {
  const { cache, store, clock } = await setUp()
  await cache.get('main')
  await cache.list()
  await updateCanvas(store, { title: 'New' })
  expect(await cache.get('main')).toMatchObject({ title: 'Main' })
  cache.forget(main)
  expect(await cache.get('main')).toMatchObject({ title: 'New' })
  expect(await cache.list()).toMatchObject([{ title: 'New' }])
  await updateCanvas(store, { title: 'Newer' })
  clock.nowMs = 1_000
  expect(await cache.get('main')).toMatchObject({ title: 'Newer' })
})

test('A6 a canvas that lacks something is read again, at most ten times a second', async () => {
  const { cache, store, clock, asked } = await setUp()
  const wide = () => canvasWith(cache, 'main', ({ width }) => width >= 200)
  await cache.get('main')
  for (let i = 0; i < 50; i++) await wide()
  expect(asked.length).toBe(1)
  clock.nowMs = 100
  await updateCanvas(store, { width: 200 })
  await Promise.all(Array.from({ length: 50 }, wide))
  expect([(await wide())?.width, asked.filter((point) => point === 'store.get-canvas').length]).toEqual([200, 3])
})

test('an answer of the store is not kept when the canvas changed meanwhile', async () => {
  const { cache, store } = await setUp()
  const early = cache.get('main')
  cache.forget(main)
  await early
  await updateCanvas(store, { title: 'New' })
  expect(await cache.get('main')).toMatchObject({ title: 'New' })
})

test('an unknown canvas is null, and an invalid id causes no read', async () => {
  const { cache, asked } = await setUp()
  expect(await cache.get('nope')).toBeNull()
  expect(await cache.get('nope')).toBeNull()
  expect(asked.length).toBe(1)
  for (const id of ['', 'Main', '../x', 'x'.repeat(33), '__proto__']) expect(await cache.get(id)).toBeNull()
  expect(asked.length).toBe(1)
})

test('while the store is down, cached canvases are still returned', async () => {
  const { cache, held, clock } = await setUp()
  await cache.get('main')
  held.isDown = true
  clock.nowMs = 60_000
  expect(await cache.get('main')).toMatchObject({ id: 'main' })
  cache.forget(main)
  expect(await cache.get('main')).toMatchObject({ id: 'main' })
  await expect(cache.get('other')).rejects.toMatchObject({ code: 'unavailable' })
  held.isDown = false
  expect(await cache.get('other')).toBeNull()
})

test('while the store does not answer, cached canvases are returned soon', async () => {
  const { cache, held, clock } = await setUp()
  await cache.get('main')
  await cache.list()
  held.isHung = true
  clock.nowMs = 60_000
  expect(await cache.get('main')).toMatchObject({ id: 'main' })
  expect(await cache.list()).toMatchObject([{ id: 'main' }])
  held.isHung = false
})

test('A6 1,000 ids are cached, and one more replaces the least recently used', async () => {
  const { cache, asked } = await setUp()
  for (let id = 0; id < 1_001; id++) await cache.get(`canvas-${id}`)
  await cache.get('canvas-1')
  expect(asked).toHaveLength(1_001)
  await cache.get('canvas-0')
  expect(asked).toHaveLength(1_002)
})

test('a request waits 250 ms for the store, and then gets the cached canvas', async () => {
  const { cache, held, clock } = await setUp()
  await cache.get('main')
  held.isHung = true
  clock.nowMs = 1_000
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let answered = false
  const answer = cache.get('main').then((canvas) => {
    answered = true
    return canvas
  })
  await vi.advanceTimersByTimeAsync(249)
  expect(answered).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await answer).toMatchObject({ id: 'main' })
})
