import { expect, test, vi } from 'vitest'
import { asCanvasId, asEpoch, asSeq, asTile } from '../../lib/brand.ts'
import { BoardCache, type BoardCacheOptions } from './board-cache.ts'
import type { Effort, Encoding } from './encodings.ts'

const ref = { canvas: asCanvasId('main'), tile: asTile(0) }

/** One tile whose seq a test sets, and compressions that a test ends. */
const setUp = (options: Partial<BoardCacheOptions> = {}) => {
  const tile = { epoch: 'epoch001', seq: 1, exists: true }
  const clock = { nowMs: 0 }
  const under: { encoding: Encoding; effort: Effort; seq: number; finish: () => void; fail: () => void }[] = []
  const done: string[] = []
  const epoch = () => asEpoch(tile.epoch)
  const cache = new BoardCache({
    liveTiles: {
      open: async () => (tile.exists ? { ref, epoch: epoch(), head: asSeq(tile.seq), catchUp: () => ({ mode: 'reload' as const }) } : null),
      board: async () => (tile.exists ? { epoch: epoch(), seq: asSeq(tile.seq), colors: new Uint8Array(100).fill(tile.seq) } : null),
    },
    now: () => clock.nowMs,
    restMs: 1_000,
    compress: (encoding, bytes, effort) =>
      new Promise((resolve, reject) => {
        const seq = bytes[0] ?? 0
        under.push({
          encoding,
          effort,
          seq,
          finish: () => {
            done.push(`${encoding} ${effort} ${seq}`)
            resolve(new Uint8Array(effort === 'quick' ? 10 : 5).fill(seq))
          },
          fail: () => reject(new Error('no memory')),
        })
      }),
    ...options,
  })
  const next = async () => {
    await vi.waitFor(() => expect(under.length).toBeGreaterThan(0), { interval: 1 })
    return under.shift() as (typeof under)[number]
  }
  return { cache, tile, clock, under, done, next }
}

test('a board is compressed once per seq and encoding, for any number of requests', async () => {
  const { cache, next, done } = setUp()
  const asked = [cache.get(ref, 'br'), cache.get(ref, 'br')]
  const first = await next()
  asked.push(cache.get(ref, 'br'))
  first.finish()
  for (const written of await Promise.all(asked)) expect(written).toMatchObject({ epoch: 'epoch001', seq: 1, encoding: 'br' })
  await cache.get(ref, 'br')
  expect(done).toEqual(['br quick 1'])
  const zstd = cache.get(ref, 'zstd')
  ;(await next()).finish()
  await zstd
  expect(done).toEqual(['br quick 1', 'zstd quick 1'])
})

test('requests during a compression share the next one, which is as new as the requests', async () => {
  const { cache, tile, next, done, under } = setUp()
  const early = cache.get(ref, 'br')
  const running = await next()
  tile.seq = 7
  const late = [cache.get(ref, 'br'), cache.get(ref, 'br'), cache.get(ref, 'br')]
  await Promise.resolve()
  expect(under).toEqual([])
  running.finish()
  expect(await early).toMatchObject({ seq: 1 })
  const shared = await next()
  tile.seq = 9
  shared.finish()
  for (const written of await Promise.all(late)) expect(written).toMatchObject({ seq: 7 })
  expect(done).toEqual(['br quick 1', 'br quick 7'])
})

test('a board of another epoch replaces the cached one, also with a lower seq', async () => {
  const { cache, tile, next } = setUp()
  tile.seq = 5
  const before = cache.get(ref, 'gzip')
  ;(await next()).finish()
  await before
  Object.assign(tile, { epoch: 'epoch002', seq: 1 })
  const after = cache.get(ref, 'gzip')
  ;(await next()).finish()
  expect(await after).toMatchObject({ epoch: 'epoch002', seq: 1 })
})

test('a board that no longer changes is compressed again with more effort, and no request waits for it', async () => {
  const { cache, clock, next, under, done } = setUp()
  const first = cache.get(ref, 'br')
  ;(await next()).finish()
  expect((await first)?.bytes.length).toBe(10)
  clock.nowMs = 999
  await cache.get(ref, 'br')
  expect(under).toEqual([])
  clock.nowMs = 1_000
  expect((await cache.get(ref, 'br'))?.bytes.length).toBe(10)
  await cache.get(ref, 'br')
  ;(await next()).finish()
  await vi.waitFor(async () => expect((await cache.get(ref, 'br'))?.bytes.length).toBe(5), { interval: 1 })
  expect(done).toEqual(['br quick 1', 'br thorough 1'])
})

test('a thorough compression of an outdated board is dropped', async () => {
  const { cache, tile, clock, next } = setUp()
  const first = cache.get(ref, 'br')
  ;(await next()).finish()
  await first
  clock.nowMs = 1_000
  await cache.get(ref, 'br')
  const thorough = await next()
  tile.seq = 2
  const second = cache.get(ref, 'br')
  ;(await next()).finish()
  await second
  thorough.finish()
  await Promise.resolve()
  expect(await cache.get(ref, 'br')).toMatchObject({ seq: 2, bytes: new Uint8Array(10).fill(2) })
})

test('a failed compression rejects the waiting requests, and the next request tries again', async () => {
  const { cache, next } = setUp()
  const failing = expect(cache.get(ref, 'br')).rejects.toThrow('no memory')
  ;(await next()).fail()
  await failing
  const again = cache.get(ref, 'br')
  ;(await next()).finish()
  expect(await again).toMatchObject({ seq: 1 })
})

test('an unknown tile has no board', async () => {
  const { cache, tile } = setUp()
  tile.exists = false
  expect(await cache.get(ref, 'br')).toBeNull()
})

test('A6 the cache is bounded in bytes', async () => {
  const { cache, next, done } = setUp({ maxBytes: 25 })
  for (const encoding of ['br', 'zstd', 'gzip', 'br'] as const) {
    const asked = cache.get(ref, encoding)
    ;(await next()).finish()
    await asked
  }
  expect(done).toEqual(['br quick 1', 'zstd quick 1', 'gzip quick 1', 'br quick 1'])
  await cache.get(ref, 'gzip')
  expect(done.length).toBe(4)
})
