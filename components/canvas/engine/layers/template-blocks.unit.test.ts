import { expect, test } from 'vitest'
import { asTile } from '../../../../lib/brand.ts'
import { TemplateProgress } from '../../../../lib/templates/progress.ts'
import { defaultAppearance, noCell, type PlacedTemplate } from '../../../../lib/templates/template.ts'
import { rectsToDraw } from './template-blocks.ts'

const window = { left: -1_000, top: -1_000, right: 1_000, bottom: 1_000 }

const templateOf = (side: number): PlacedTemplate => ({
  ...defaultAppearance,
  id: 'a',
  name: 'a',
  x: 10,
  y: 20,
  source: { kind: 'device' },
  picture: { width: side, height: side, cells: new Uint16Array(side * side).fill(1) },
})

const countedOf = (template: PlacedTemplate) => {
  const shown = new Uint8Array(128 * 128)
  const board = { width: 128, height: 128, tileSize: 128, colors: 4, background: 0, shown: () => shown }
  return { shown, progress: new TemplateProgress(template, board) }
}

test('T18: a template that is missing altogether is one rectangle, and one that is done has none', () => {
  const template = templateOf(40)
  const { shown, progress } = countedOf(template)
  const drawn = { template, cells: template.picture.cells, progress }
  const all = { left: 10, top: 20, right: 50, bottom: 60 }
  expect(rectsToDraw(drawn, window)).toEqual([all])
  expect(rectsToDraw({ ...drawn, progress: null }, window)).toEqual([all])
  expect(rectsToDraw(drawn, { left: 0, top: 30, right: 20, bottom: 31 })).toEqual([{ left: 10, top: 30, right: 20, bottom: 31 }])
  expect(rectsToDraw(drawn, { left: 60, top: 0, right: 99, bottom: 99 })).toEqual([])
  shown.fill(1)
  progress.tileChanged(asTile(0))
  expect(rectsToDraw(drawn, window)).toEqual([])
  shown[40 * 128 + 20] = 2
  progress.cellsChanged(asTile(0), [40 * 128 + 20])
  expect(rectsToDraw(drawn, window)).toEqual([{ left: 16, top: 32, right: 32, bottom: 48 }])
})

test('T18: blocks that a template above covers are left out', () => {
  const template = templateOf(40)
  const { progress } = countedOf(template)
  const cells = template.picture.cells.slice()
  // The upper 28 rows, up to row 48 of the board.
  cells.fill(noCell, 0, 28 * 40)
  expect(rectsToDraw({ template, cells, progress }, window)).toEqual([{ left: 10, top: 48, right: 50, bottom: 60 }])
})

test('T15: a template that is being moved is drawn whole until it is counted at its new place', () => {
  const template = templateOf(40)
  const { progress } = countedOf(template)
  const moved = { ...template, x: 30 }
  expect(rectsToDraw({ template: moved, cells: template.picture.cells, progress }, window)).toEqual([
    { left: 30, top: 20, right: 70, bottom: 60 },
  ])
})
