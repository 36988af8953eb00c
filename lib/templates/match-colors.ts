/**
 * Which color of a board a color of a picture means: the same one, or one that differs by at most 3 in each channel, which is what browsers and programs
 * change without a word. Any other color is foreign. The server's import of pictures uses the same function.
 */
import { nearestInOklab } from '../oklab.ts'
import { type Rgb, rgbOf } from '../palette.ts'

const tolerance = 3

export interface ColorMatcher {
  /** The index of the board's color for `0xRRGGBB`; null for a foreign color. */
  match(rgb: number): number | null
  /** The index of the board's color that looks most like a foreign one. */
  nearest(rgb: number): number
}

/** The color space in blocks of 8 × 8 × 8. */
const blocks = 32
const blockAt = (red: number, green: number, blue: number) => (red * blocks + green) * blocks + blue
const blockOf = (rgb: number) => blockAt((rgb >> 19) & 31, (rgb >> 11) & 31, (rgb >> 3) & 31)
const blocksNear = (channel: number) => new Set([Math.max(0, channel - tolerance) >> 3, Math.min(255, channel + tolerance) >> 3])

export const channelsOf = (rgb: number): Rgb => [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255]

export const createColorMatcher = (palette: readonly string[]): ColorMatcher => {
  const colors = palette.map(rgbOf)
  const exact = new Map(palette.map((hex, index) => [Number.parseInt(hex.slice(1), 16), index]).toReversed() as [number, number][])
  const nearest = nearestInOklab(colors)
  const within = (rgb: number): number | null => {
    const [red, green, blue] = channelsOf(rgb)
    let best: number | null = null
    let least = Number.POSITIVE_INFINITY
    for (const [index, color] of colors.entries()) {
      const [r, g, b] = [Math.abs(color[0] - red), Math.abs(color[1] - green), Math.abs(color[2] - blue)]
      if (Math.max(r, g, b) > tolerance || r + g + b >= least) continue
      best = index
      least = r + g + b
    }
    return best
  }
  // Few colors of a photograph are near one of the board, and it has a million of them.
  const isNear = new Uint8Array(blocks ** 3)
  for (const [red, green, blue] of colors) {
    for (const r of blocksNear(red)) for (const g of blocksNear(green)) for (const b of blocksNear(blue)) isNear[blockAt(r, g, b)] = 1
  }
  return {
    match: (rgb) => exact.get(rgb) ?? (isNear[blockOf(rgb)] === 1 ? within(rgb) : null),
    nearest: (rgb) => nearest(channelsOf(rgb)),
  }
}

export const hexOfRgb = (rgb: number) => `#${rgb.toString(16).padStart(6, '0').toUpperCase()}`
