/** Decodes the picture of a template: its pixels, its scale, and its colors as those of a board. */
import { isPng, MalformedPng } from '../png/png-chunks.ts'
import { readPngFormat } from '../png/png-format.ts'
import { readPngRows } from '../png/read-png-rows.ts'
import { bitmapSize } from './bitmap-size.ts'
import type { DecodedPicture, ForeignColor } from './color-plan.ts'
import { findGrid, solidScale } from './find-grid.ts'
import { createColorMatcher } from './match-colors.ts'
import { ColorNumbers, createRawPicture, type RawPicture } from './raw-picture.ts'
import { reducePicture } from './reduce-picture.ts'
import { noCell, templateLimits } from './template.ts'
import type { PicturePart, TemplateEntry } from './template-entry.ts'
import { NoTemplate } from './template-problem.ts'

/** Of all parts, before they are reduced. They need two bytes each. */
export const maxPixels = 33_554_432
const maxSide = 65_535

export interface Bitmap {
  readonly width: number
  readonly height: number
  /** `0xAARRGGBB` each. */
  readonly pixels: Uint32Array
}

export interface DecodeOptions {
  readonly entry: TemplateEntry
  readonly palette: readonly string[]
  /** Decodes other formats than PNG. Rejects for what it cannot read. */
  readonly decodeBitmap: (bytes: Uint8Array) => Promise<Bitmap>
  /** The scale that the painter has chosen. */
  readonly scale?: number
}

export interface DecodedTemplate {
  readonly picture: DecodedPicture
  /** Pixels a cell. */
  readonly scale: number
  /** The scale is at most a guess: the picture consists of solid squares of this many pixels. 1 if it does not. */
  readonly solidScale: number
  /** Not all parts are PNGs, so colors may have changed. */
  readonly isBitmap: boolean
}

/** @throws {NoTemplate} */
export const decodeEntry = async (options: DecodeOptions): Promise<DecodedTemplate> => {
  const { entry, palette } = options
  if (entry.picture.kind === 'address') throw new NoTemplate({ code: 'no_picture' })
  const { parts } = entry.picture
  const matcher = createColorMatcher(palette)
  const numbers = new ColorNumbers(matcher, palette.length)
  const raws: RawPicture[] = []
  let pixels = 0
  for (const part of parts) {
    const raw = cropped(await decodePart(part, { numbers, maxPixels: maxPixels - pixels, decodeBitmap: options.decodeBitmap }), entry.frame)
    pixels += raw.pixels.length
    raws.push(raw)
  }
  const { scale, solid } = scaleOf(raws, options)
  const picture = joined(parts, raws, scale)
  const foreign = countForeign(picture, numbers.foreign, palette.length)
  return {
    picture: { ...picture, foreign: foreign.map((color) => ({ ...color, nearest: matcher.nearest(color.rgb) })) },
    scale,
    solidScale: solid,
    isBitmap: parts.some(({ bytes }) => !isPng(bytes)),
  }
}

interface PartOptions extends Pick<DecodeOptions, 'decodeBitmap'> {
  readonly numbers: ColorNumbers
  readonly maxPixels: number
}

const decodePart = async ({ bytes }: PicturePart, options: PartOptions): Promise<RawPicture> => {
  const size = bitmapSize(bytes)
  if (!size) return decodePng(bytes, options)
  checkPixels(size, options.maxPixels)
  const bitmap = await options.decodeBitmap(bytes).catch(() => {
    throw new NoTemplate({ code: 'damaged_picture' })
  })
  const { picture, fill } = createRawPicture(bitmap, options.numbers)
  fill({ y: 0, x0: 0, dx: 1, pixels: bitmap.pixels })
  return picture
}

const decodePng = (bytes: Uint8Array, { numbers, maxPixels: max }: PartOptions): RawPicture => {
  try {
    const format = readPngFormat(bytes)
    checkPixels(format, max)
    const { picture, fill } = createRawPicture(format, numbers)
    for (const row of readPngRows(format)) fill(row)
    return picture
  } catch (error) {
    if (error instanceof MalformedPng) throw new NoTemplate({ code: 'damaged_png', fault: error.fault })
    throw error
  }
}

const checkPixels = ({ width, height }: { width: number; height: number }, max: number) => {
  if (width * height <= max && width <= maxSide && height <= maxSide) return
  throw new NoTemplate({ code: 'too_many_pixels', width, height, max: maxPixels })
}

/** The first frame of an animation. */
const cropped = (raw: RawPicture, frame: TemplateEntry['frame']): RawPicture => {
  if (!frame || (raw.width <= frame.width && raw.height <= frame.height)) return raw
  const [width, height] = [Math.min(raw.width, frame.width), Math.min(raw.height, frame.height)]
  const pixels = new Uint16Array(width * height)
  for (let y = 0; y < height; y++) pixels.set(raw.pixels.subarray(y * raw.width, y * raw.width + width), y * width)
  return { width, height, pixels }
}

const scaleOf = (raws: readonly RawPicture[], { entry, scale }: DecodeOptions): { scale: number; solid: number } => {
  const only = raws.length === 1 ? raws[0] : undefined
  if (scale !== undefined) return { scale, solid: only ? solidScale(only) : 1 }
  const { columns } = entry
  if (only && columns !== null && columns <= only.width && only.width % columns === 0) return { scale: only.width / columns, solid: 1 }
  if (entry.scale !== null && hasDots(raws, entry.scale)) return { scale: entry.scale, solid: 1 }
  const proven = findGrid(raws)
  if (proven !== null) return { scale: proven, solid: 1 }
  const solid = only ? solidScale(only) : 1
  // A picture that is too large as it is can only be meant to be reduced.
  const isTooLarge = only !== undefined && only.pixels.length > templateLimits.maxCells
  return { scale: isTooLarge ? solid : 1, solid }
}

/** Whether only the pixel in the middle of each square is opaque. */
const hasDots = (raws: readonly RawPicture[], scale: number) => {
  const middle = Math.floor(scale / 2)
  return raws.every(
    ({ width, height, pixels }) =>
      width % scale === 0 &&
      height % scale === 0 &&
      pixels.every((pixel, at) => pixel === noCell || ((at % width) % scale === middle && Math.floor(at / width) % scale === middle)),
  )
}

const joined = (parts: readonly PicturePart[], raws: readonly RawPicture[], scale: number): RawPicture => {
  const placed = raws.map((raw, index) => ({
    x: parts[index]?.x ?? 0,
    y: parts[index]?.y ?? 0,
    width: Math.ceil(raw.width / scale),
    height: Math.ceil(raw.height / scale),
    raw,
  }))
  const width = Math.max(...placed.map((part) => part.x + part.width))
  const height = Math.max(...placed.map((part) => part.y + part.height))
  const { maxCells: max, maxSide: maxCellSide } = templateLimits
  if (width * height > max || width > maxCellSide || height > maxCellSide)
    throw new NoTemplate({ code: 'too_many_cells', width, height, max })
  const [first] = placed
  if (placed.length === 1 && first) return reducePicture(first.raw, scale)
  const pixels = new Uint16Array(width * height).fill(noCell)
  for (const { x, y, raw } of placed) {
    const part = reducePicture(raw, scale)
    for (let row = 0; row < part.height; row++) {
      pixels.set(part.pixels.subarray(row * part.width, (row + 1) * part.width), (y + row) * width + x)
    }
  }
  return { width, height, pixels }
}

/** The colors that are left in the reduced picture, the most frequent first. @throws {NoTemplate} for an empty picture. */
const countForeign = ({ pixels }: RawPicture, foreign: readonly number[], boardColors: number): Omit<ForeignColor, 'nearest'>[] => {
  const counts = new Uint32Array(noCell + 1)
  for (const pixel of pixels) counts[pixel] = (counts[pixel] as number) + 1
  if (counts[noCell] === pixels.length) throw new NoTemplate({ code: 'nothing_wanted' })
  return foreign
    .map((rgb, index) => ({ number: boardColors + index, rgb, cells: counts[boardColors + index] as number }))
    .filter(({ cells }) => cells > 0)
    .toSorted((a, b) => b.cells - a.cells || a.rgb - b.rgb)
}
