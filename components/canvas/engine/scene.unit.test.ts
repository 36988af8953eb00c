import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { gridStrength } from './layers/grid-layer.ts'
import { animationMark, around, cellMarks, clip, deviceRect, sceneTile, tilesIn } from './scene.ts'

const canvas = { width: 3_000, height: 1_100, tileSize: 1_024 }

test('the tiles of an area are listed from its middle outwards, and only tiles of the canvas', () => {
  expect(tilesIn(canvas, { left: -500, top: -500, right: 5_000, bottom: 5_000 })).toHaveLength(6)
  expect(tilesIn(canvas, { left: 1_100, top: 10, right: 1_900, bottom: 900 })).toEqual([1])
  expect(tilesIn(canvas, { left: 1_000, top: 10, right: 1_900, bottom: 900 })).toEqual([1, 0])
  expect(tilesIn(canvas, { left: 2_999, top: 1_099, right: 3_000, bottom: 1_100 })).toEqual([258])
})

test('neighboring tiles share their edge at any zoom, without gap or overlap', () => {
  fc.assert(
    fc.property(
      fc.record({
        originX: fc.integer({ min: -100_000, max: 2_000 }),
        originY: fc.integer({ min: -100_000, max: 2_000 }),
        scale: fc.double({ min: 0.02, max: 192, noNaN: true }),
      }),
      (transform) => {
        const [topLeft, right, below] = [0, 1, 256].map((tile) => sceneTile({ canvas, transform, tile: asTile(tile) }).rect)
        expect(topLeft?.right).toBe(right?.left)
        expect(topLeft?.bottom).toBe(below?.top)
      },
    ),
  )
})

test('the ground around the board and the board itself cover the window once', () => {
  const side = fc.integer({ min: -30, max: 60 })
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 80 }), (left, top, boardWidth, boardHeight) => {
      const window = { width: 40, height: 30 }
      const board = { left, top, right: left + boardWidth, bottom: top + boardHeight }
      const times = new Uint8Array(window.width * window.height)
      for (const rect of [...around(board, window), clip(board, window)]) {
        for (let y = rect.top; y < rect.bottom; y++) {
          for (let x = rect.left; x < rect.right; x++) times[y * window.width + x] = (times[y * window.width + x] ?? 0) + 1
        }
      }
      expect(times.every((count) => count === 1)).toBe(true)
    }),
  )
})

test('only the part of a tile that lies on the canvas is drawn', () => {
  const transform = { originX: 0, originY: 0, scale: 1 }
  expect(sceneTile({ canvas, transform, tile: asTile(258) }).rect).toEqual({ left: 2_048, top: 1_024, right: 3_000, bottom: 1_100 })
})

test('a tile that is partly loaded is drawn down to its last loaded row', () => {
  const transform = { originX: 10, originY: 20, scale: 2 }
  expect(sceneTile({ canvas, transform, tile: asTile(0), rows: 100 }).rect).toEqual({ left: 10, top: 20, right: 2_058, bottom: 220 })
})

test('the frame of the selected cell is white inside black and does not cover the cell', () => {
  const transform = { originX: 100, originY: 50, scale: 20 }
  const cell = { gx: 2, gy: 1 }
  const rect = deviceRect(transform, { left: 2, top: 1, right: 3, bottom: 2 })
  const framed = cellMarks({ transform, pixelRatio: 1, cell, color: [9, 9, 9] })
  expect(framed[0]).toEqual({ rect, color: [9, 9, 9] })
  expect(framed.slice(1, 5).every(({ color }) => color[0] === 255)).toBe(true)
  expect(framed.slice(5).every(({ color }) => color[0] === 0)).toBe(true)
  for (const { rect: strip } of cellMarks({ transform, pixelRatio: 1, cell, color: null })) {
    const apart = strip.right <= rect.left || strip.left >= rect.right || strip.bottom <= rect.top || strip.top >= rect.bottom
    expect(apart).toBe(true)
  }
})

test('a selected cell that is smaller than a device pixel still has a visible frame', () => {
  const [fill] = cellMarks({ transform: { originX: 0, originY: 0, scale: 0.1 }, pixelRatio: 2, cell: { gx: 500, gy: 5 }, color: [1, 2, 3] })
  expect((fill?.rect.right ?? 0) - (fill?.rect.left ?? 0)).toBeGreaterThanOrEqual(10)
})

test('the animation of a new pixel begins a little larger and ends at its size', () => {
  const transform = { originX: 0, originY: 0, scale: 40 }
  const width = (progress: number) => {
    const { rect } = animationMark({ transform, cell: { gx: 0, gy: 0 }, color: [0, 0, 0], progress })
    return rect.right - rect.left
  }
  expect(width(0)).toBeGreaterThan(40)
  expect(width(0.5)).toBeLessThan(width(0))
  expect(width(1)).toBe(40)
})

test('the grid shows from eight CSS pixels per cell on', () => {
  expect(gridStrength(7.9)).toBe(0)
  expect(gridStrength(8)).toBeGreaterThan(0)
  expect(gridStrength(64)).toBe(1)
})
