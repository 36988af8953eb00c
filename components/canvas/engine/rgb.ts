/** Colors in the forms of the two renderers. */
import type { Rgb } from '../../../lib/palette.ts'

/** Each part from 0 to 1. */
export const unit = ([red, green, blue]: Rgb) => [red / 255, green / 255, blue / 255] as const

export const css = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`
