/** A picture as it was decoded: for each pixel the number of its color. The first numbers are the palette indices of the board. */
import type { ColorMatcher } from './match-colors.ts'
import { noCell } from './template.ts'

export interface RawPicture {
  readonly width: number
  readonly height: number
  /** `y × width + x`: the number of a color, or `noCell`. */
  readonly pixels: Uint16Array
}

/** A photograph has a million colors. From here on, colors that are nearly equal share a number. */
const maxExactColors = 16_384
const coarse = (rgb: number) => (rgb & 0xf0f0f0) | 0x080808

/** Numbers the colors of all pictures of one template. */
export class ColorNumbers {
  readonly #matcher: ColorMatcher
  readonly #boardColors: number
  /** One more than the number of each color, or 0. Browsers give memory only to the parts of an array that are used, at most 32 MiB here. */
  readonly #numbers = new Uint16Array(2 ** 24)
  /** At most 4,096. */
  readonly #coarse = new Map<number, number>()
  /** `0xRRGGBB` of the colors that the board lacks. The first one has the number after the board's colors. */
  readonly foreign: number[] = []

  constructor(matcher: ColorMatcher, boardColors: number) {
    this.#matcher = matcher
    this.#boardColors = boardColors
  }

  numberOf(rgb: number): number {
    const known = this.#numbers[rgb] as number
    if (known !== 0) return known - 1
    const number = this.#matcher.match(rgb) ?? this.#foreignNumber(rgb)
    this.#numbers[rgb] = number + 1
    return number
  }

  #foreignNumber(rgb: number): number {
    const isExact = this.foreign.length < maxExactColors
    const known = isExact ? undefined : this.#coarse.get(coarse(rgb))
    if (known !== undefined) return known
    this.foreign.push(isExact ? rgb : coarse(rgb))
    const number = this.#boardColors + this.foreign.length - 1
    if (!isExact) this.#coarse.set(coarse(rgb), number)
    return number
  }
}

/** Fills a raw picture from rows in any order, such as those of an interlaced PNG. */
export const createRawPicture = (size: { width: number; height: number }, numbers: ColorNumbers) => {
  const { width, height } = size
  const pixels = new Uint16Array(width * height).fill(noCell)
  let [lastRgb, lastNumber] = [-1, noCell]
  return {
    picture: { width, height, pixels } satisfies RawPicture,
    /** `row` has `0xAARRGGBB` for the pixels `(x0 + i × dx, y)`, and may go on with the next rows if `dx` is 1. Less than half opaque means that nothing is wanted. */
    fill({ y, x0, dx, pixels: row }: { y: number; x0: number; dx: number; pixels: Uint32Array }) {
      let at = y * width + x0
      for (let i = 0; i < row.length; i++, at += dx) {
        const argb = row[i] as number
        if (argb >>> 24 < 128) continue
        const rgb = argb & 0xffffff
        if (rgb !== lastRgb) {
          lastRgb = rgb
          lastNumber = numbers.numberOf(rgb)
        }
        pixels[at] = lastNumber
      }
    },
  }
}
