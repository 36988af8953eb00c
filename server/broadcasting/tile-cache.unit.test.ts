import { expect, test, vi } from 'vitest'
import { asCanvasId, asSeq, asTile, type Seq } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { type Store, StoreError, type TileRef } from '../store/port.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { streamCommit } from '../stream/contract.ts'
import { TileCache } from './tile-cache.ts'

const main = asCanvasId('main')
const at = (tile: number): TileRef => ({ canvas: main, tile: asTile(tile) })
const since = (seq: number) => ({ epoch: testCanvas().epoch, seq: asSeq(seq) as Seq | null })

/** A store with `pixels` commits in tile 0. */
const setUp = async (options: { pixels?: number; watched?: (ref: TileRef) => boolean; maxUnwatched?: number } = {}) => {
  const store = new MemoryStore()
  await store.ensureCanvas(testCanvas({ width: 512, height: 64 }))
  const save = async (gx: number, color: number) => {
    await store.place({ id: `group${gx.toString().padStart(4, '0')}-${color}`, requests: [paint({ gx, gy: 0, color })], nowMs: 1_000 + gx })
    await store.sequence({ limit: 10 })
  }
  for (let gx = 0; gx < (options.pixels ?? 0); gx++) await save(gx % 64, 1)
  const tiles = new TileCache({ store, watched: options.watched ?? (() => false), ...options })
  return { store, tiles, save }
}

const newest = async (store: Store, after: number): Promise<SequencedCommit[]> => {
  const page = await store.readCommits({ ...at(0), after: asSeq(after), limit: 100 })
  return page?.kind === 'page' ? [...page.commits] : []
}

test('concurrent requests for a tile share one read of the store', async () => {
  const { store, tiles } = await setUp()
  const read = vi.spyOn(store, 'readBoard')
  const opened = await Promise.all(Array.from({ length: 100 }, () => tiles.open(at(0))))
  expect(new Set(opened).size).toBe(1)
  await tiles.board(at(0))
  expect(read).toHaveBeenCalledTimes(1)
})

test('a canvas or tile that does not exist is null and takes no memory', async () => {
  const { tiles } = await setUp()
  expect(await tiles.open(at(999))).toBeNull()
  expect(await tiles.board({ canvas: asCanvasId('other'), tile: asTile(0) })).toBeNull()
  expect(tiles.size).toBe(0)
})

test('a failed load fails for all waiting callers, and the next call loads again', async () => {
  const { store, tiles } = await setUp()
  vi.spyOn(store, 'readBoard').mockRejectedValueOnce(new StoreError('unavailable', 'down'))
  const both = await Promise.allSettled([tiles.open(at(0)), tiles.open(at(0))])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await tiles.open(at(0))).not.toBeNull()
})

test('A2 commits that arrive while the board is read are on it and count as sent', async () => {
  const { store, tiles, save } = await setUp({ pixels: 3 })
  const readBoard = store.readBoard.bind(store)
  vi.spyOn(store, 'readBoard').mockImplementationOnce(async (ref) => {
    const board = await readBoard(ref)
    for (const gx of [10, 11]) await save(gx, 2)
    for (const commit of await newest(store, 2)) expect(tiles.route(commit)).toBeNull()
    return board
  })
  const tile = await tiles.open(at(0))
  expect(tile?.head).toBe(5)
  expect(tile?.catchUp(since(3))).toMatchObject({ mode: 'replay', frames: [{ from: 4, to: 5 }] })
  expect(tiles.live()[0]?.takeFrame()).toBeNull()
  expect(await tiles.board(at(0))).toEqual(await store.readBoard(at(0)))
})

test('A6 the least recently used tile is evicted, unless it is watched or held', async () => {
  const watched = new Set([1])
  const { tiles } = await setUp({ watched: ({ tile }) => watched.has(tile), maxUnwatched: 2 })
  const release = tiles.hold(at(0))
  for (const tile of [0, 1, 2, 3]) await tiles.open(at(tile))
  await tiles.open(at(2))
  await tiles.open(at(4))
  const kept = () => tiles.live().map(({ ref }) => ref.tile)
  expect(kept().sort()).toEqual([0, 1, 2, 4])
  watched.clear()
  release()
  release()
  tiles.evictUnwatched()
  expect(kept().sort()).toEqual([2, 4])
})

test('a client that returns after a restart replays commits of the store', async () => {
  const { tiles } = await setUp({ pixels: 20 })
  const tile = await tiles.open(at(0), since(5))
  expect(tile?.catchUp(since(5))).toMatchObject({ mode: 'replay', frames: [{ from: 6, to: 20 }] })
  expect(tiles.heads(main)).toEqual([[0, 20]])
})

test('a client reloads when the store has trimmed the commits or cannot read them', async () => {
  const { store, tiles } = await setUp({ pixels: 20 })
  vi.spyOn(store, 'readCommits').mockRejectedValueOnce(new StoreError('unavailable', 'down'))
  expect((await tiles.open(at(0), since(5)))?.catchUp(since(5))).toEqual({ mode: 'reload' })
  vi.spyOn(store, 'readCommits').mockResolvedValueOnce({
    kind: 'trimmed',
    epoch: testCanvas().epoch,
    head: asSeq(20),
    oldestKept: asSeq(18),
  })
  expect((await tiles.open(at(0), since(5)))?.catchUp(since(5))).toEqual({ mode: 'reload' })
  expect((await tiles.open(at(0), since(5)))?.catchUp(since(5)).mode).toBe('replay')
})

test('A6 1,000 commits wait while a board is read, and the comparison with the store finds the others', async () => {
  const { store, tiles } = await setUp()
  const readBoard = store.readBoard.bind(store)
  vi.spyOn(store, 'readBoard').mockImplementationOnce(async (ref) => {
    const board = await readBoard(ref)
    for (let seq = 1; seq <= 1_001; seq++) tiles.route(streamCommit(seq, { pixels: [] }))
    return board
  })
  expect((await tiles.open(at(0)))?.head).toBe(1_000)
})

test('A6 32 boards that nobody watches stay in memory', async () => {
  const store = new MemoryStore()
  await store.ensureCanvas(testCanvas({ width: 64 * 40, height: 64 }))
  const tiles = new TileCache({ store, watched: () => false })
  for (let tile = 0; tile < 40; tile++) await tiles.open(at(tile))
  expect(tiles.size).toBe(32)
})
