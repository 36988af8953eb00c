import { expect, test } from 'vitest'
import { placePicturePath } from './place-picture.ts'

const board = { id: 'main' as Parameters<typeof placePicturePath>[0]['id'], width: 1_000, height: 800 }
const queryOf = (location: Parameters<typeof placePicturePath>[1], of = board) => {
  const query = new URL(placePicturePath(of, location), 'http://x').searchParams
  return Object.fromEntries(['x', 'y', 'w', 'h'].map((name) => [name, Number(query.get(name))]))
}

test('S1: the picture of a link shows what the window shows there', () => {
  expect(placePicturePath(board, { x: 512, y: 233, zoom: 12 })).toBe('/api/canvases/main/board.png?x=462&y=207&w=100&h=52&fit=1200x630')
})

test('S1: without a location the picture shows the whole board', () => {
  expect(queryOf(null)).toEqual({ x: 0, y: 0, w: 1_000, h: 800 })
})

test('S1: at the edges, outside the board and at any zoom the picture shows a part of the board', () => {
  for (const x of [-1e9, -1, 0, 999, 1_000, 1e9]) {
    for (const y of [-5, 0.4, 799.9, 1e9]) {
      for (const zoom of [0.0001, 0.5, 7, 64, 1e9]) {
        const { x: left = -1, y: top = -1, w = 0, h = 0 } = queryOf({ x, y, zoom })
        expect(left).toBeGreaterThanOrEqual(0)
        expect(top).toBeGreaterThanOrEqual(0)
        expect(Math.min(w, h)).toBeGreaterThanOrEqual(1)
        expect(left + w).toBeLessThanOrEqual(1_000)
        expect(top + h).toBeLessThanOrEqual(800)
      }
    }
  }
  expect(queryOf({ x: 0, y: 0, zoom: 3 }, { ...board, width: 1, height: 1 })).toEqual({ x: 0, y: 0, w: 1, h: 1 })
})
