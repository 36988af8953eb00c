import { expect, test } from 'vitest'
import { asTile } from '../brand.ts'
import type { BoardPoint } from '../geometry.ts'
import { nextCell, worstAreas } from './next-cell.ts'
import { type PlacedPicture, type ShownBoard, TemplateProgress } from './progress.ts'

const bytes = () => new Uint8Array(64 * 64)
const boardWith = (shown: Uint8Array): ShownBoard => ({ width: 64, height: 64, tileSize: 64, colors: 4, background: 0, shown: () => shown })

const filled = (x: number, y: number, side: number, color: number): PlacedPicture => ({
  x,
  y,
  picture: { width: side, height: side, cells: new Uint16Array(side * side).fill(color) },
})

const never = () => false
const at = (cell: BoardPoint | null) => cell && [cell.gx, cell.gy]

test('T12: the next cell is the nearest one that is not right, the upper left one of several', () => {
  const shown = bytes()
  const progress = new TemplateProgress(filled(10, 10, 30, 1), boardWith(shown))
  const next = (gx: number, gy: number, isSkipped = never as (cell: BoardPoint) => boolean) =>
    at(nextCell({ templates: [progress], from: { gx, gy }, isSkipped }))
  expect(next(0, 0)).toEqual([10, 10])
  expect(next(20, 20)).toEqual([20, 20])
  expect(next(60, 15)).toEqual([39, 15])
  shown[20 * 64 + 20] = 1
  progress.cellsChanged(asTile(0), [20 * 64 + 20])
  expect(next(20, 20)).toEqual([20, 19])
  expect(next(20, 20, (cell) => cell.gx === 20)).toEqual([19, 20])
  shown.fill(1)
  progress.tileChanged(asTile(0))
  expect(next(20, 20)).toBeNull()
})

test('T12: the search by blocks finds the same cell as a search of all cells', () => {
  const shown = Uint8Array.from({ length: 64 * 64 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 20 > 4 ? 1 : 0))
  const progress = new TemplateProgress(filled(3, 5, 50, 1), boardWith(shown))
  for (let i = 0; i < 200; i++) {
    const from = { gx: (i * 37) % 64, gy: (i * 23) % 64 }
    const all = progress.blocksLeft().flatMap((block) => progress.leftIn(block))
    const distance = (cell: BoardPoint) => (cell.gx - from.gx) ** 2 + (cell.gy - from.gy) ** 2
    const [best] = all.sort((a, b) => distance(a) - distance(b) || a.gy - b.gy || a.gx - b.gx)
    expect(at(nextCell({ templates: [progress], from, isSkipped: never }))).toEqual(at(best ?? null))
  }
})

test('T11: a cell belongs to the topmost template that wants something there', () => {
  const shown = bytes()
  const board = boardWith(shown)
  const top = new TemplateProgress(filled(10, 10, 5, 1), board)
  const under = new TemplateProgress(filled(8, 8, 10, 2), board)
  const next = () => nextCell({ templates: [top, under], from: { gx: 12, gy: 12 }, isSkipped: never })
  expect(next()).toMatchObject({ gx: 12, gy: 12, wanted: 1 })
  for (let i = 0; i < 25; i++) shown[(10 + Math.floor(i / 5)) * 64 + 10 + (i % 5)] = 1
  for (const each of [top, under]) each.tileChanged(asTile(0))
  expect(next()).toMatchObject({ gx: 12, gy: 9, wanted: 2 })
})

test('T12: the worst areas are the five blocks with the most left', () => {
  const progress = new TemplateProgress(filled(8, 8, 40, 1), boardWith(bytes()))
  expect(worstAreas(progress)).toEqual([
    { gx: 16, gy: 16, left: 256 },
    { gx: 32, gy: 16, left: 256 },
    { gx: 16, gy: 32, left: 256 },
    { gx: 32, gy: 32, left: 256 },
    { gx: 16, gy: 0, left: 128 },
  ])
})
