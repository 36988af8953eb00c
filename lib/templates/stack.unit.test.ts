import { expect, test } from 'vitest'
import { disagreements, uncoveredCells } from './stack.ts'

const none = 0xffff
const placed = (x: number, y: number, width: number, cells: readonly number[]) => ({
  x,
  y,
  picture: { width, height: cells.length / width, cells: Uint16Array.from(cells) },
})

test('T11: a template lacks the cells that a template above decides, and keeps its own cells otherwise', () => {
  const under = placed(0, 0, 3, [1, 1, 1, 1, 1, 1])
  const above = placed(1, 1, 3, [2, none, 3])
  expect([...uncoveredCells(under, [above])]).toEqual([1, 1, 1, 1, none, 1])
  expect(under.picture.cells[4]).toBe(1)
  expect(uncoveredCells(under, [])).toBe(under.picture.cells)
  expect(uncoveredCells(under, [placed(5, 5, 1, [1])])).toBe(under.picture.cells)
})

test('T11: two templates disagree where both want something and not the same', () => {
  const a = placed(0, 0, 3, [1, 2, 3, none, 1, 1])
  const b = placed(-1, 0, 4, [7, 1, 3, none, 7, 5, 5, 1])
  expect(disagreements(a, b)).toBe(2)
  expect(disagreements(b, a)).toBe(2)
  expect(disagreements(a, placed(40, 0, 1, [1]))).toBe(0)
})
