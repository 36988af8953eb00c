/** What a template wants in place of the colors that the board lacks. */
import { oklabOf } from '../oklab.ts'
import { type Rgb, rgbOf } from '../palette.ts'
import { channelsOf } from './match-colors.ts'
import { noCell, type TemplatePicture } from './template.ts'

export interface ForeignColor {
  /** The number of the color in the picture. */
  readonly number: number
  /** `0xRRGGBB`. */
  readonly rgb: number
  /** How many cells have it. */
  readonly cells: number
  /** The palette index of the nearest color. */
  readonly nearest: number
}

/** A decoded picture at the size that it is painted in. */
export interface DecodedPicture {
  readonly width: number
  readonly height: number
  /** A palette index, the number of a foreign color, or `noCell`. */
  readonly pixels: Uint16Array
  /** The most frequent first. */
  readonly foreign: readonly ForeignColor[]
}

/** By the number of the foreign color: another palette index than the nearest, or `noCell` to leave it out. */
export type ColorChoices = ReadonlyMap<number, number>

/** Two colors whose dots look like a third one: `share` of 16 dots have the second. */
interface Mix {
  readonly first: number
  readonly second: number
  readonly share: number
}

export interface ColorPlan {
  readonly choices: ColorChoices
  /** Replaces a foreign color without a choice by dots of two colors. */
  readonly isMixed: boolean
}

/** The order in which the dots of a 4 × 4 square change (Bayer's matrix). */
const thresholds = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

/** The cells that the board's colors make of a picture. */
export const planColors = (picture: DecodedPicture, { choices, isMixed }: ColorPlan, palette: readonly string[]): TemplatePicture => {
  const { width, height, pixels, foreign } = picture
  const wanted = Uint16Array.from({ length: noCell + 1 }, (_, number) => number)
  const mixes = new Map<number, Mix>()
  const mixFor = isMixed ? createMixer(palette) : null
  for (const { number, rgb, nearest } of foreign) {
    const chosen = choices.get(number)
    wanted[number] = chosen ?? nearest
    if (chosen === undefined && mixFor) mixes.set(number, mixFor(rgb))
  }
  const cells = pixels.map((number) => wanted[number] as number)
  if (mixes.size > 0) {
    for (let at = 0; at < pixels.length; at++) {
      const mix = mixes.get(pixels[at] as number)
      if (!mix) continue
      const place = (Math.floor(at / width) % 4) * 4 + ((at % width) % 4)
      cells[at] = (thresholds[place] as number) < mix.share ? mix.second : mix.first
    }
  }
  return { width, height, cells }
}

/** How many of the nearest colors are tried in pairs. */
const mixedColors = 8
/** Dots of two very different colors look restless. */
const restlessness = 0.05
/** Photographs have many colors that are nearly equal. */
const mixKey = (rgb: number) => rgb & 0xf8f8f8

const createMixer = (palette: readonly string[]) => {
  const colors = palette.map((hex) => ({ rgb: rgbOf(hex), lab: oklabOf(rgbOf(hex)) }))
  const known = new Map<number, Mix>()
  const find = (wanted: Rgb): Mix => {
    const lab = oklabOf(wanted)
    const ranked = colors
      .map((color, index) => ({ ...color, index, distance: distance(color.lab, lab) }))
      .toSorted((a, b) => a.distance - b.distance)
      .slice(0, mixedColors)
    let best = { first: ranked[0]?.index ?? 0, second: ranked[0]?.index ?? 0, share: 0 }
    let least = ranked[0]?.distance ?? 0
    for (const [i, first] of ranked.entries()) {
      for (const second of ranked.slice(i + 1)) {
        const share = shareOf(first.lab, second.lab, lab)
        if (share === 0 || share === 16) continue
        const part = share / 16
        const mixed = first.lab.map((value, axis) => value + part * ((second.lab[axis] ?? 0) - value))
        const error = distance(mixed, lab) + restlessness * part * (1 - part) * distance(first.lab, second.lab)
        if (error >= least) continue
        best = { first: first.index, second: second.index, share }
        least = error
      }
    }
    return best
  }
  return (rgb: number): Mix => {
    const key = mixKey(rgb)
    const mix = known.get(key) ?? find(channelsOf(rgb))
    known.set(key, mix)
    return mix
  }
}

const distance = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, axis) => sum + (value - (b[axis] ?? 0)) ** 2, 0)

/** The point between two colors that is nearest to the wanted one, in sixteenths. */
const shareOf = (first: readonly number[], second: readonly number[], wanted: readonly number[]) => {
  const length = distance(first, second)
  if (length === 0) return 0
  const along = first.reduce((sum, value, axis) => sum + ((wanted[axis] ?? 0) - value) * ((second[axis] ?? 0) - value), 0)
  return Math.min(16, Math.max(0, Math.round((16 * along) / length)))
}

/** The number of cells in which something is wanted. */
export const countWanted = (cells: Uint16Array): number => {
  let count = 0
  for (const cell of cells) if (cell !== noCell) count++
  return count
}
