import { expect, test } from 'vitest'
import { asTile, type TileNumber } from '../../../lib/brand.ts'
import type { Rgb } from '../../../lib/palette.ts'
import { boardPointAt, frameOf, minimapPixel, planMinimap, stepOf, windowArea } from './minimap-geometry.ts'
import { MinimapPicture } from './minimap-picture.ts'

const palette: Rgb[] = [
  [0, 0, 0],
  [255, 0, 0],
]

test('M1 the whole board is in the middle of the square, also a long narrow one', () => {
  expect(planMinimap({ width: 200, height: 100 }, 140)).toMatchObject({ scale: 0.7, width: 140, height: 70, left: 0, top: 35 })
  expect(planMinimap({ width: 16_384, height: 1 }, 140)).toMatchObject({ width: 140, height: 1 })
})

test('M1 the frame of the window is cut at the edges of the minimap', () => {
  const plan = planMinimap({ width: 100, height: 100 }, 100)
  const area = windowArea({ centerX: 90, centerY: 50, zoom: 10 }, { width: 400, height: 200 })
  expect(area).toEqual({ left: 70, top: 40, width: 40, height: 20 })
  const frame = frameOf(plan, area)
  expect([frame.left, frame.top, frame.left + frame.width, frame.height].map((value) => Math.round(value * 100))).toEqual([70, 40, 100, 20])
})

test('M1 each point of the minimap is a point of the board', () => {
  const board = { width: 200, height: 100 }
  const plan = planMinimap(board, 140)
  expect(boardPointAt(plan, board, 0.5, 0.5)).toEqual({ x: 100, y: 50 })
  expect(boardPointAt(plan, board, 1, 0)).toEqual({ x: 200, y: 0 })
  expect(stepOf('ArrowUp', { left: 0, top: 0, width: 40, height: 20 })).toEqual({ x: 0, y: -5 })
  expect(stepOf('a', { left: 0, top: 0, width: 40, height: 20 })).toBeNull()
})

/** Two tiles of 64 × 64 beside each other, of which the second one is cut by the board. */
const setUp = (side: number) => {
  const board = { width: 100, height: 64, tileSize: 64 }
  const plan = planMinimap(board, side)
  const tiles = new Map<TileNumber, Uint8Array>([[asTile(0), new Uint8Array(64 * 64)]])
  const picture = new MinimapPicture({ board, plan, palette, shown: (tile) => tiles.get(tile) ?? null })
  const at = (gx: number, gy: number) => Array.from(picture.rgba.slice(minimapPixel(plan, { gx, gy }) * 4).slice(0, 4))
  return { board, plan, tiles, picture, at }
}

test('M1 only the pixels whose cells changed are made again', () => {
  const { tiles, picture, at } = setUp(100)
  picture.mark(asTile(0), null)
  expect(picture.draw()).toBe(64 * 64)
  expect([at(0, 0), at(80, 0)]).toEqual([
    [0, 0, 0, 255],
    [0, 0, 0, 0],
  ])
  tiles.get(asTile(0))?.fill(1)
  picture.mark(asTile(0), [5, 5, 64])
  expect(picture.draw()).toBe(2)
  expect([at(5, 0), at(0, 1), at(6, 0)]).toEqual([
    [255, 0, 0, 255],
    [255, 0, 0, 255],
    [0, 0, 0, 255],
  ])
  expect([picture.isDirty, picture.draw()]).toEqual([false, 0])
})

test('M1 a pixel of several cells is their mean, and cells outside the board are not drawn', () => {
  const { tiles, picture, at } = setUp(50)
  const bytes = tiles.get(asTile(0))
  for (let position = 0; position < 64 * 64; position += 2) bytes?.set([1], position)
  tiles.set(asTile(1), new Uint8Array(64 * 64).fill(1))
  picture.mark(asTile(0), null)
  picture.mark(asTile(1), null)
  picture.mark(asTile(1), [63, 64 * 63])
  picture.draw()
  expect(at(10, 10)).toEqual([180, 0, 0, 255])
  expect(at(99, 63)).toEqual([255, 0, 0, 255])
  expect(picture.rgba.slice(0, 4)).toEqual(new Uint8ClampedArray(4))
})

test('A6 a tile with many changes is made anew instead of remembered', () => {
  const { picture } = setUp(100)
  picture.mark(
    asTile(0),
    Uint32Array.from({ length: 2_001 }, (_, index) => index),
  )
  expect(picture.draw()).toBe(64 * 64)
})
