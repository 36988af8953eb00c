import { expect, test } from 'vitest'
import { addFault, colorsOf, nameFor, noColorEdits, paletteOf, withColor } from './color-edits.ts'
import { board } from './testing/board.ts'

const coral = { hex: '#ff6f91', name: ' coral ' }

test('a new color comes after those of the board, in upper case', () => {
  const edits = withColor(noColorEdits, coral)
  expect(paletteOf(board, edits)).toEqual({ palette: ['#FFFFFF', '#000000', '#FF6F91'], colorNames: ['white', 'black', 'coral'] })
})

test('a color can be renamed, but not to nothing', () => {
  expect(paletteOf(board, { names: { 1: ' coal ' }, added: [] })?.colorNames).toEqual(['white', 'coal'])
  expect(paletteOf(board, { names: { 1: ' ' }, added: [] })).toBeNull()
})

test('a color that somebody else has added meanwhile is not added again', () => {
  const newer = { ...board, palette: [...board.palette, '#FF6F91'], colorNames: [...board.colorNames, 'theirs'] }
  expect(colorsOf(newer, withColor(noColorEdits, coral)).map(({ name }) => name)).toEqual(['white', 'black', 'theirs'])
})

test('a color is refused when it is none, when the palette has it, when it has no name, and when the palette is full', () => {
  const fault = (hex: string, name = 'x', palette = board.palette) => addFault({ ...board, palette }, noColorEdits, { hex, name })
  const full = Array.from({ length: 256 }, (_, index) => `#0000${index.toString(16).padStart(2, '0').toUpperCase()}`)
  expect([fault('red'), fault('#ffffff'), fault('#123456', ' '), fault('#123456', 'x'.repeat(41)), fault('#123456', 'x', full)]).toEqual([
    'hex',
    'twice',
    'name',
    'name',
    'full',
  ])
  expect([fault('#123456', 'x'.repeat(40)), fault('#123456', 'x', full.slice(1))]).toEqual([null, null])
})

test('a color without a name gets the one of a known color, with a number if that is taken', () => {
  expect(nameFor(board, noColorEdits, '#FF9080')).toBe('light pink')
  expect(nameFor(board, noColorEdits, '#FEFEFE')).toBe('white 2')
  expect(nameFor(board, noColorEdits, 'red')).toBe('')
})
