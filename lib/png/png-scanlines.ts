/** Turns inflated scanlines of a PNG of any kind into pixels (PNG specification, third edition, sections 8 and 9). */
import { MalformedPng } from './png-chunks.ts'
import type { PngFormat } from './png-format.ts'

/** The pixels `(x0 + i × dx, y)` of the picture. The next row uses the same array. */
export interface PngRow {
  readonly y: number
  readonly x0: number
  readonly dx: number
  /** `0xAARRGGBB` each. */
  readonly pixels: Uint32Array
}

const wholePicture = [{ x0: 0, y0: 0, dx: 1, dy: 1 }]
const adam7 = [
  { x0: 0, y0: 0, dx: 8, dy: 8 },
  { x0: 4, y0: 0, dx: 8, dy: 8 },
  { x0: 0, y0: 4, dx: 4, dy: 8 },
  { x0: 2, y0: 0, dx: 4, dy: 4 },
  { x0: 0, y0: 2, dx: 2, dy: 4 },
  { x0: 1, y0: 0, dx: 2, dy: 2 },
  { x0: 0, y0: 1, dx: 1, dy: 2 },
]

/** The passes of a picture, one if it is not interlaced. A pass without pixels is left out. */
export const passesOf = ({ width, height, interlaced }: Pick<PngFormat, 'width' | 'height' | 'interlaced'>) =>
  (interlaced ? adam7 : wholePicture).filter(({ x0, y0 }) => x0 < width && y0 < height)

export type PngPass = ReturnType<typeof passesOf>[number]

/** Decodes the scanlines of one pass, each from the bytes of `line`. */
export class ScanlineDecoder {
  readonly #format: PngFormat
  readonly #pass: PngPass
  readonly #bytesPerPixel: number
  readonly #pixels: Uint32Array
  readonly #samples: Uint16Array
  /** The caller fills it before each row. */
  line: Uint8Array
  #above: Uint8Array

  constructor(format: PngFormat, pass: PngPass) {
    const { width, channels, depth } = format
    const count = Math.ceil((width - pass.x0) / pass.dx)
    this.#format = format
    this.#pass = pass
    this.#bytesPerPixel = Math.max(1, (channels * depth) >> 3)
    this.#pixels = new Uint32Array(count)
    this.#samples = new Uint16Array(count * channels)
    this.line = new Uint8Array(1 + Math.ceil((count * channels * depth) / 8))
    this.#above = new Uint8Array(this.line.length)
  }

  /** The row of the filled `line`. The next row uses the same array. @throws {MalformedPng} */
  row(y: number): PngRow {
    const line = this.line
    unfilter(line, this.#above, this.#bytesPerPixel)
    unpackSamples(line.subarray(1), this.#format.depth, this.#samples)
    colorPixels(this.#format, this.#samples, this.#pixels)
    this.line = this.#above
    this.#above = line
    return { y, x0: this.#pass.x0, dx: this.#pass.dx, pixels: this.#pixels }
  }
}

/** Reverses the filter of a scanline in place. Byte 0 of each line is the filter's number. */
const unfilter = (line: Uint8Array, above: Uint8Array, bytesPerPixel: number) => {
  const filter = line[0] ?? 0
  if (filter > 4) throw new MalformedPng('pixels', 'The PNG is damaged: a row has an unknown filter.')
  if (filter === 0) return
  for (let i = 1; i < line.length; i++) {
    const left = i > bytesPerPixel ? (line[i - bytesPerPixel] as number) : 0
    const up = above[i] as number
    const upLeft = i > bytesPerPixel ? (above[i - bytesPerPixel] as number) : 0
    const predicted = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, upLeft)
    line[i] = (line[i] as number) + predicted
  }
}

const paeth = (left: number, up: number, upLeft: number) => {
  const toLeft = Math.abs(up - upLeft)
  const toUp = Math.abs(left - upLeft)
  const toUpLeft = Math.abs(left + up - 2 * upLeft)
  if (toLeft <= toUp && toLeft <= toUpLeft) return left
  return toUp <= toUpLeft ? up : upLeft
}

const unpackSamples = (line: Uint8Array, depth: number, samples: Uint16Array) => {
  if (depth === 8) return samples.set(line)
  for (let i = 0; i < samples.length; i++) {
    if (depth === 16) samples[i] = ((line[i * 2] as number) << 8) | (line[i * 2 + 1] as number)
    else samples[i] = ((line[(i * depth) >> 3] as number) >> (8 - depth - ((i * depth) & 7))) & ((1 << depth) - 1)
  }
}

const argb = (alpha: number, red: number, green: number, blue: number) => (alpha << 24) | (red << 16) | (green << 8) | blue

const colorPixels = ({ kind, channels, depth, palette, transparent }: PngFormat, samples: Uint16Array, pixels: Uint32Array) => {
  const largest = 2 ** depth - 1
  const to8 = (sample: number) => (depth === 8 ? sample : Math.round((sample * 255) / largest))
  for (let i = 0; i < pixels.length; i++) {
    const at = i * channels
    const first = samples[at] as number
    if (kind === 'indexed') {
      if (first >= palette.length) throw new MalformedPng('pixels', 'The PNG is damaged: a pixel has a colour that its palette lacks.')
      pixels[i] = palette[first] as number
      continue
    }
    const second = samples[at + 1] as number
    const third = samples[at + 2] as number
    if (kind === 'gray' || kind === 'gray_alpha') {
      const gray = to8(first)
      const alpha = kind === 'gray_alpha' ? to8(second) : transparent?.[0] === first ? 0 : 255
      pixels[i] = argb(alpha, gray, gray, gray)
    } else {
      const keyed = transparent !== null && transparent[0] === first && transparent[1] === second && transparent[2] === third
      const alpha = kind === 'rgba' ? to8(samples[at + 3] as number) : keyed ? 0 : 255
      pixels[i] = argb(alpha, to8(first), to8(second), to8(third))
    }
  }
}
