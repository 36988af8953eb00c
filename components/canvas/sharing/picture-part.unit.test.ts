import { expect, test } from 'vitest'
import { pictureOf, viewPart } from './picture-part.ts'

const board = { width: 200, height: 120 }

test('S1: a picture of the view has the cells in the window, and none beside the board', () => {
  const window = { width: 1_000, height: 500 }
  expect(viewPart(board, { centerX: 100, centerY: 60, zoom: 20 }, window)).toEqual({ x: 75, y: 47, width: 50, height: 26 })
  expect(viewPart(board, { centerX: 100, centerY: 60, zoom: 1 }, window)).toEqual({ x: 0, y: 0, width: 200, height: 120 })
  expect(viewPart(board, { centerX: 200, centerY: 120, zoom: 64 }, window)).toEqual({ x: 192, y: 116, width: 8, height: 4 })
  expect(viewPart(board, { centerX: 200, centerY: 120, zoom: 1e6 }, window)).toEqual({ x: 199, y: 119, width: 1, height: 1 })
  expect(pictureOf('main', { x: 1, y: 2, width: 3, height: 4 }, 8)).toBe('/api/canvases/main/board.png?x=1&y=2&w=3&h=4&scale=8')
})
