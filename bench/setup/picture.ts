/**
 * The board that G8, G10, G11 and G13 start from: the final board of r/place 2017 when there is one (BENCH_PICTURE, or beside the
 * repository), otherwise a generated picture of the same size and colors, with areas, outlines and noise as communities paint them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertIndexedToRgb, decode, encode } from 'fast-png'
import { randomsOf } from '../../lib/randoms.ts'
import { BenchFailure } from '../framework/bench.ts'

/** The 16 colors of r/place 2017. */
export const place2017 = [
  '#FFFFFF',
  '#E4E4E4',
  '#888888',
  '#222222',
  '#FFA7D1',
  '#E50000',
  '#E59500',
  '#A06A42',
  '#E5D900',
  '#94E044',
  '#02BE01',
  '#00D3DD',
  '#0083C7',
  '#0000EA',
  '#CF6EE4',
  '#820080',
] as const

const side = 1_000

export interface BenchPicture {
  readonly png: Uint8Array
  /** The name of the picture, for the results. */
  readonly isReal: boolean
}

const defaultFile = join(import.meta.dirname, '../../../shared/data/rplace-2017-final.png')

export const benchPicture = (): BenchPicture => {
  const file = process.env['BENCH_PICTURE'] ?? (existsSync(defaultFile) ? defaultFile : null)
  return file ? { png: readFileSync(file), isReal: true } : { png: drawArt(), isReal: false }
}

/** The top left part of the picture, for smaller boards. @throws unless it is a PNG of 8 bits a channel and large enough. */
export const croppedPicture = (png: Uint8Array, size: number): Uint8Array => {
  const image = decode(png)
  const all = image.palette ? convertIndexedToRgb(image) : image.data
  const channels = all.length / (image.width * image.height)
  if (image.width < size || image.height < size || !Number.isInteger(channels) || (!image.palette && image.depth !== 8)) {
    throw new BenchFailure(
      `The picture is ${image.width} × ${image.height} with ${image.depth} bits a channel: no ${size} × ${size} can be cut out of it.`,
    )
  }
  const data = new Uint8Array(size * size * channels)
  for (let y = 0; y < size; y++) {
    const row = all.subarray(y * image.width * channels, (y * image.width + size) * channels)
    data.set(row, y * size * channels)
  }
  return encode({ width: size, height: size, data, channels, depth: 8 })
}

/** Seeded: the same picture each time. */
export const drawArt = (): Uint8Array => {
  const random = randomsOf(2_017)
  const below = (bound: number) => Math.floor(random() * bound)
  const cells = new Uint8Array(side * side)
  const fill = (area: { x: number; y: number; width: number; height: number }, colorAt: (x: number, y: number) => number) => {
    for (let y = area.y; y < Math.min(side, area.y + area.height); y++) {
      for (let x = area.x; x < Math.min(side, area.x + area.width); x++) cells[y * side + x] = colorAt(x, y)
    }
  }
  for (let i = 0; i < 3_000; i++) {
    const [front, back, outline] = [below(16), below(16), below(16)]
    const size = 4 + below(60)
    const area = { x: below(side), y: below(side), width: size, height: 3 + below(size) }
    const stripe = 1 + below(6)
    const kind = below(4)
    fill(area, (x, y) => {
      if (x === area.x || y === area.y || x === area.x + area.width - 1 || y === area.y + area.height - 1) return outline
      if (kind === 0) return front
      if (kind === 1) return Math.floor((y - area.y) / stripe) % 2 === 0 ? front : back
      if (kind === 2) return ((x >> 1) + (y >> 1)) % 2 === 0 ? front : back
      return random() < 0.25 ? front : back
    })
  }
  for (let i = 0; i < side * side * 0.04; i++) cells[below(side * side)] = below(16)
  const palette = place2017.map((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)))
  const data = new Uint8Array(side * side * 3)
  for (const [index, color] of cells.entries()) data.set(palette[color] ?? [], index * 3)
  return encode({ width: side, height: side, data, channels: 3, depth: 8 })
}
