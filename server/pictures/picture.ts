/** Reads an uploaded PNG as colors of a canvas, completely before the first pixel is painted. The size is checked before the pixels are inflated. */
import { crc32 } from 'node:zlib'
import type { Canvas } from '../../lib/canvas.ts'
import { contains } from '../../lib/geometry.ts'
import { MalformedPng } from '../../lib/png/png-chunks.ts'
import { type PngFormat, readPngFormat } from '../../lib/png/png-format.ts'
import type { Refusal } from '../../lib/refusal.ts'
import { createColorMatcher } from '../../lib/templates/match-colors.ts'
import { pngRows } from './png-rows.ts'

export interface Picture {
  readonly width: number
  readonly height: number
  /** Palette indices by `y × width + x`. `paintsNothing`: transparent. */
  readonly colors: Int16Array
  /** The number of pixels that are not transparent. */
  readonly opaque: number
}

export const paintsNothing = -1

export interface ReadPictureOptions {
  readonly png: Uint8Array
  readonly canvas: Canvas
  /** The position of the picture's top left pixel. */
  readonly gx: number
  readonly gy: number
  /** Replaces a color that is not in the palette by the nearest one, instead of refusing it. */
  readonly nearest: boolean
}

export type PictureResult = { ok: true; picture: Picture } | { ok: false; refusal: Refusal }

export const readPicture = (options: ReadPictureOptions): Promise<PictureResult> =>
  readPictureColors({
    ...options,
    checkSize: (size) => outOfBounds(options, size),
    advice: 'Ask for the nearest colours to paint it anyway.',
  })

export interface ReadColorsOptions extends Pick<ReadPictureOptions, 'png' | 'canvas' | 'nearest'> {
  /** Called before the pixels are inflated. */
  readonly checkSize: (size: Pick<PngFormat, 'width' | 'height'>) => Refusal | null
  /** What to do about colors that are not in the palette. */
  readonly advice: string
}

export const readPictureColors = async (options: ReadColorsOptions): Promise<PictureResult> => {
  try {
    const format = readPngFormat(options.png, crc32)
    const refusal = options.checkSize(format)
    return refusal ? { ok: false, refusal } : await matchColors(options, format)
  } catch (error) {
    if (error instanceof MalformedPng)
      return { ok: false, refusal: { code: 'invalid_request', detail: error.message, errors: [{ path: '', message: error.message }] } }
    throw error
  }
}

const outOfBounds = ({ canvas, gx, gy }: ReadPictureOptions, { width, height }: Pick<PngFormat, 'width' | 'height'>): Refusal | null => {
  const lastPoint = { gx: gx + width - 1, gy: gy + height - 1 }
  if (contains(canvas, { gx, gy }) && contains(canvas, lastPoint)) return null
  const detail = `The picture is ${width} × ${height} pixels; at ${gx}, ${gy} it does not fit on the canvas of ${canvas.width} × ${canvas.height}.`
  return { code: 'out_of_bounds', detail }
}

const matchColors = async ({ canvas, nearest, advice }: ReadColorsOptions, format: PngFormat): Promise<PictureResult> => {
  const { width, height } = format
  const indexOf = createColorIndex(canvas.palette, nearest)
  const colors = new Int16Array(width * height).fill(paintsNothing)
  let opaque = 0
  let foreign = 0
  let firstForeign: { x: number; y: number; rgb: number } | null = null
  for await (const { y, x0, dx, pixels } of pngRows(format)) {
    for (const [i, pixel] of pixels.entries()) {
      if (pixel >>> 24 < 128) continue
      const x = x0 + i * dx
      const index = indexOf(pixel & 0xffffff)
      colors[y * width + x] = index ?? paintsNothing
      opaque++
      if (index !== null) continue
      foreign++
      const isFirst = !firstForeign || y < firstForeign.y || (y === firstForeign.y && x < firstForeign.x)
      if (isFirst) firstForeign = { x, y, rgb: pixel & 0xffffff }
    }
  }
  if (!firstForeign) return { ok: true, picture: { width, height, colors, opaque } }
  const hex = `#${firstForeign.rgb.toString(16).padStart(6, '0').toUpperCase()}`
  const detail = `The pixel at ${firstForeign.x}, ${firstForeign.y} of the picture is ${hex}, which is not one of the ${canvas.palette.length} colours of this canvas. ${foreign} of ${opaque} pixels have such colours. ${advice}`
  return { ok: false, refusal: { code: 'color_not_in_palette', detail } }
}

/** A photograph has up to a million colors (A6). */
const maxCachedColors = 65_536

const createColorIndex = (palette: readonly string[], nearest: boolean) => {
  const matcher = createColorMatcher(palette)
  const known = new Map<number, number | null>()
  const find = (rgb: number) => matcher.match(rgb) ?? (nearest ? matcher.nearest(rgb) : null)
  return (rgb: number): number | null => {
    const found = known.get(rgb)
    if (found !== undefined) return found
    const index = find(rgb)
    if (known.size < maxCachedColors) known.set(rgb, index)
    return index
  }
}
