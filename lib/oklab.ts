/** OKLab, in which distances are differences that people see (Björn Ottosson, "A perceptual color space for image processing"). */
import type { Rgb } from './palette.ts'

export type Oklab = readonly [lightness: number, greenRed: number, blueYellow: number]

/** Red, green and blue bytes as linear light. */
const linearLight = Float64Array.from({ length: 256 }, (_, byte) => {
  const part = byte / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
})

const linear = (byte: number): number => linearLight[byte] ?? 0

export const oklabOf = ([red, green, blue]: Rgb): Oklab => {
  const [r, g, b] = [linear(red), linear(green), linear(blue)]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

/** Finds the index of the palette color that looks most like a color. Of two equally near ones it is the lower index. */
export const nearestInOklab = (palette: readonly Rgb[]): ((rgb: Rgb) => number) => {
  const colors = palette.map(oklabOf)
  return (rgb) => {
    const wanted = oklabOf(rgb)
    let best = 0
    let least = Number.POSITIVE_INFINITY
    for (const [index, color] of colors.entries()) {
      const distance = (color[0] - wanted[0]) ** 2 + (color[1] - wanted[1]) ** 2 + (color[2] - wanted[2]) ** 2
      if (distance >= least) continue
      best = index
      least = distance
    }
    return best
  }
}
