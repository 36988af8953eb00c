import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DirtyBlocks } from './dirty-blocks.ts'

const covers = (tileSize: number, rects: readonly { x: number; y: number; width: number; height: number }[]) => {
  const times = new Uint8Array(tileSize * tileSize)
  for (const { x, y, width, height } of rects) {
    for (let row = y; row < y + height; row++)
      for (let column = x; column < x + width; column++) times[row * tileSize + column] = (times[row * tileSize + column] ?? 0) + 1
  }
  return times
}

test('every marked pixel is taken once, nothing overlaps, and all is clean afterwards', () => {
  fc.assert(
    fc.property(fc.constantFrom(64, 128, 256), fc.array(fc.nat(), { maxLength: 40 }), (tileSize, numbers) => {
      const dirty = new DirtyBlocks(tileSize)
      const marked = numbers.map((number) => number % (tileSize * tileSize))
      for (const position of marked) dirty.mark(position)
      expect(dirty.clean).toBe(marked.length === 0)
      const times = covers(tileSize, dirty.take())
      for (const position of marked) expect(times[position]).toBe(1)
      expect(times.every((count) => count <= 1)).toBe(true)
      expect(dirty.clean).toBe(true)
      expect(dirty.take()).toEqual([])
    }),
  )
})

test('pixels scattered over a large tile cost blocks, not the tile', () => {
  const dirty = new DirtyBlocks(1_024)
  for (let i = 0; i < 16; i++) dirty.mark((i * 65_537) % (1_024 * 1_024))
  const bytes = dirty.take().reduce((sum, { width, height }) => sum + width * height, 0)
  expect(bytes).toBeLessThanOrEqual(16 * 1_024)
})

test('the last pixel is in the last block, and blocks side by side are one rectangle', () => {
  const dirty = new DirtyBlocks(64)
  dirty.mark(64 * 64 - 1)
  dirty.mark(64 * 63)
  expect(dirty.take()).toEqual([{ x: 0, y: 32, width: 64, height: 32 }])
})

test('a whole tile is one rectangle', () => {
  const dirty = new DirtyBlocks(1_024)
  dirty.markAll()
  expect(dirty.take()).toEqual([{ x: 0, y: 0, width: 1_024, height: 1_024 }])
})
