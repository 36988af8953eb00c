/** The colors of ages: one ramp of luminance from the newest to the oldest, over the board in dark grey. */
import type { Rgb } from '../../../lib/palette.ts'

export const rampSteps = 10
/** How bright the grey board is. */
export const greyBrightness = 0.36

const white: Rgb = [255, 255, 255]
const black: Rgb = [0, 0, 0]

const mix = (a: Rgb, b: Rgb, part: number): Rgb => {
  const at = (index: 0 | 1 | 2) => Math.round(a[index] + (b[index] - a[index]) * part)
  return [at(0), at(1), at(2)]
}

const luminance = ([red, green, blue]: Rgb) => (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255

/** From the newest to the oldest: nearly white, the accent, and a dark shade of it. Each step is darker than the one before. */
export const rampOf = (accent: Rgb): Rgb[] => {
  // The middle of the ramp has the same luminance for each accent.
  const middle = luminance(accent) > 0.35 ? mix(accent, black, 0.25) : mix(accent, white, 0.2)
  return Array.from({ length: rampSteps }, (_, step) => {
    const part = step / (rampSteps - 1)
    return part < 0.5 ? mix(mix(middle, white, 0.92), middle, part * 2) : mix(middle, mix(middle, black, 0.55), part * 2 - 1)
  })
}

/** The step of an age; null for one beyond the span. Both in the same unit. */
export const stepOfAge = (age: number, span: number): number | null =>
  age >= span ? null : Math.min(rampSteps - 1, Math.floor((Math.max(0, age) / span) * rampSteps))

export const greyOf = ([red, green, blue]: Rgb): Rgb => {
  const grey = Math.round((0.299 * red + 0.587 * green + 0.114 * blue) * greyBrightness)
  return [grey, grey, grey]
}
