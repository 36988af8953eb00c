/** The palette as a host edits it: colors are added and named, and never taken away. */
import { canvasLimits, isColorName } from '../../../lib/canvas.ts'
import { colorNames, hexPattern, type NamedColor } from '../../../lib/palette.ts'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'

/** Edits and not a palette, so that they still apply after somebody else has added a color. */
export interface ColorEdits {
  /** New names of the board's colors, by index. */
  readonly names: Readonly<Record<number, string>>
  readonly added: readonly NamedColor[]
}

export const noColorEdits: ColorEdits = { names: {}, added: [] }

const { maxColors } = canvasLimits

type Colors = Pick<AdminCanvas, 'palette' | 'colorNames'>

/** All colors with the edits, in the order of the palette. A color that somebody else has added meanwhile is not added again. */
export const colorsOf = (board: Colors, { names, added }: ColorEdits): NamedColor[] => [
  ...board.palette.map((hex, index) => ({ hex, name: names[index] ?? board.colorNames[index] ?? hex })),
  ...added.filter(({ hex }) => !board.palette.includes(hex)),
]

export type ColorFault = 'hex' | 'twice' | 'name' | 'full'

/** Why a color cannot be added, or null. */
export const addFault = (board: Colors, edits: ColorEdits, { hex, name }: NamedColor): ColorFault | null => {
  const colors = colorsOf(board, edits)
  if (colors.length >= maxColors) return 'full'
  if (!hexPattern.test(hex)) return 'hex'
  if (colors.some((color) => color.hex === hex.toUpperCase())) return 'twice'
  return isColorName(name.trim()) ? null : 'name'
}

export const withColor = (edits: ColorEdits, { hex, name }: NamedColor): ColorEdits => ({
  ...edits,
  added: [...edits.added, { hex: hex.toUpperCase(), name: name.trim() }],
})

/** A name for a color that a host has not named. */
export const nameFor = (board: Colors, edits: ColorEdits, hex: string): string => {
  if (!hexPattern.test(hex)) return ''
  const taken = new Set(colorsOf(board, edits).map(({ name }) => name))
  const [name = hex] = colorNames([hex])
  for (let number = 1; ; number++) {
    const numbered = number === 1 ? name : `${name} ${number}`
    if (!taken.has(numbered)) return numbered
  }
}

export const paletteOf = (board: Colors, edits: ColorEdits): { palette: string[]; colorNames: string[] } | null => {
  const colors = colorsOf(board, edits)
  const hexes = colors.map(({ hex }) => hex)
  const isRight = colors.every(({ name }) => isColorName(name.trim())) && new Set(hexes).size === hexes.length && hexes.length <= maxColors
  return isRight ? { palette: hexes, colorNames: colors.map(({ name }) => name.trim()) } : null
}
