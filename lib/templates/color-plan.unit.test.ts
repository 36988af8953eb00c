import { expect, test } from 'vitest'
import { type DecodedPicture, planColors } from './color-plan.ts'
import { noCell } from './template.ts'

const palette = ['#FFFFFF', '#000000', '#E50000', '#0000EA']
const gray = { number: 4, rgb: 0x808080, cells: 64, nearest: 1 }
const picture = (pixels: number[], foreign: DecodedPicture['foreign'] = [gray]): DecodedPicture => ({
  width: 8,
  height: pixels.length / 8,
  pixels: Uint16Array.from(pixels),
  foreign,
})
const all = (number: number) => Array.from({ length: 64 }, () => number)

test('T5: a foreign color takes the nearest color, another one, or is left out', () => {
  const plan = (choices: [number, number][]) => [
    ...new Set(planColors(picture(all(4)), { choices: new Map(choices), isMixed: false }, palette).cells),
  ]
  expect(plan([])).toEqual([1])
  expect(plan([[4, 3]])).toEqual([3])
  expect(plan([[4, noCell]])).toEqual([noCell])
})

test('T5: mixing replaces a gray by dots of black and white, and leaves colors of the board alone', () => {
  const { cells } = planColors(picture([...all(4).slice(8), ...all(2).slice(56)]), { choices: new Map(), isMixed: true }, palette)
  const mixed = [...cells.subarray(0, 56)]
  expect(new Set(mixed)).toEqual(new Set([0, 1]))
  expect(mixed.filter((cell) => cell === 0).length).toBeGreaterThan(20)
  expect(mixed.filter((cell) => cell === 1).length).toBeGreaterThan(10)
  expect(new Set(cells.subarray(56))).toEqual(new Set([2]))
})

test('T5: a color that the painter has chosen is not mixed', () => {
  const { cells } = planColors(picture(all(4)), { choices: new Map([[4, 3]]), isMixed: true }, palette)
  expect(new Set(cells)).toEqual(new Set([3]))
})
