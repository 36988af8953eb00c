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

const whole = (tileSize: number) => ({ left: 0, top: 0, right: tileSize, bottom: tileSize })

test('every marked pixel is taken once in rectangles that do not overlap, and all blocks are clean afterwards', () => {
  fc.assert(
    fc.property(fc.constantFrom(64, 128, 256), fc.array(fc.nat(), { maxLength: 40 }), (tileSize, numbers) => {
      const dirty = new DirtyBlocks(tileSize)
      const marked = numbers.map((number) => number % (tileSize * tileSize))
      for (const position of marked) dirty.mark(position)
      expect(dirty.clean).toBe(marked.length === 0)
      const times = covers(tileSize, dirty.take(whole(tileSize)))
      for (const position of marked) expect(times[position]).toBe(1)
      expect(times.every((count) => count <= 1)).toBe(true)
      expect(dirty.clean).toBe(true)
      expect(dirty.take(whole(tileSize))).toEqual([])
    }),
  )
})

test('only blocks that touch the area are taken, and the others stay dirty', () => {
  const side = fc.integer({ min: -300, max: 600 })
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 256 * 256 - 1 }), { maxLength: 80 }), side, side, side, side, (marked, x, y, width, height) => {
      const dirty = new DirtyBlocks(256)
      for (const position of marked) dirty.mark(position)
      const area = { x, y, width: Math.max(0, width), height: Math.max(0, height) }
      const isInside = (position: number) => {
        const [column, row] = [position % 256, Math.floor(position / 256)]
        return column >= x && column < x + area.width && row >= y && row < y + area.height
      }
      const rects = dirty.take({ left: x, top: y, right: x + area.width, bottom: y + area.height })
      for (const { width, height } of rects) expect(Math.min(width, height)).toBeGreaterThan(0)
      const first = covers(256, rects)
      for (const position of marked.filter(isInside)) expect(first[position]).toBe(1)
      const rest = covers(256, dirty.take(whole(256)))
      for (const position of marked) expect((first[position] ?? 0) + (rest[position] ?? 0)).toBeGreaterThanOrEqual(1)
      for (const position of marked) if (first[position] === 0) expect(rest[position]).toBe(1)
      expect(dirty.clean).toBe(true)
    }),
  )
})

test('a block beside the area is not taken, and a block that shares one pixel with it is', () => {
  const dirty = new DirtyBlocks(128)
  dirty.markAll()
  expect(dirty.take({ left: 32, top: 31, right: 64, bottom: 32 })).toEqual([{ x: 32, y: 0, width: 32, height: 32 }])
  expect(dirty.take({ left: 0, top: 0, right: 128, bottom: 33 })).toEqual([{ x: 0, y: 0, width: 128, height: 64 }])
  for (const far of [-500, -9, 128, 500]) {
    expect(dirty.take({ left: far, top: 0, right: far + 9, bottom: 9 })).toEqual([])
    expect(dirty.take({ left: 0, top: far, right: 9, bottom: far + 9 })).toEqual([])
  }
})

test('pixels that are scattered over a large tile are taken as blocks, not as the whole tile', () => {
  const dirty = new DirtyBlocks(1_024)
  for (let i = 0; i < 16; i++) dirty.mark((i * 65_537) % (1_024 * 1_024))
  const bytes = dirty.take(whole(1_024)).reduce((sum, { width, height }) => sum + width * height, 0)
  expect(bytes).toBeLessThanOrEqual(16 * 1_024)
})

test('the last pixel is in the last block, and adjacent blocks are one rectangle', () => {
  const dirty = new DirtyBlocks(64)
  dirty.mark(64 * 64 - 1)
  dirty.mark(64 * 63)
  expect(dirty.take(whole(64))).toEqual([{ x: 0, y: 32, width: 64, height: 32 }])
})

test('a whole tile is one rectangle', () => {
  const dirty = new DirtyBlocks(1_024)
  dirty.markAll()
  expect(dirty.take(whole(1_024))).toEqual([{ x: 0, y: 0, width: 1_024, height: 1_024 }])
})
