/**
 * A part of the canvas as an indexed PNG. A `Sampling` says which pixel of the board each pixel of the picture shows.
 *
 * A picture has up to 16,384 pixels a side, so it is a stream: one row of tiles is in memory, and zlib compresses on its own thread. Each tile is
 * read when its row is encoded, so tiles may be of different moments.
 */
import { pipeline, Readable } from 'node:stream'
import { crc32, createDeflate } from 'node:zlib'
import type { TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { tileOf } from '../../lib/geometry.ts'
import { rgbOf } from '../../lib/palette.ts'
import { encodeChunk, pngSignature } from '../../lib/png/png-chunks.ts'
import { ground, type Sampling } from './sampling.ts'

export const maxPngSide = 16_384

export interface BoardPngOptions {
  readonly canvas: Pick<Canvas, 'width' | 'height' | 'tileSize' | 'palette' | 'background'>
  readonly boardOf: (tile: TileNumber) => Promise<Uint8Array>
  readonly sampling: Sampling
}

/** Whether a picture of this part stays within `maxPngSide`. */
export const fitsPng = (part: { readonly width: number; readonly height: number }, scale: number) =>
  Math.max(part.width, part.height) * scale <= maxPngSide

export const boardPng = (options: BoardPngOptions): ReadableStream<Uint8Array> => {
  const parts = pngParts(options)
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await parts.return()
    },
  })
}

async function* pngParts(options: BoardPngOptions): AsyncGenerator<Uint8Array, void, void> {
  const { columns, rows } = options.sampling
  const palette = paletteOf(options)
  const depth = depthFor(palette.length)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(columns.length, 0)
  header.writeUInt32BE(rows.length, 4)
  header[8] = depth
  header[9] = 3 // indexed; compression, filter and interlace methods are 0
  yield pngSignature
  yield encodeChunk({ type: 'IHDR', data: header })
  yield encodeChunk({ type: 'PLTE', data: Uint8Array.from(palette.flatMap((hex) => rgbOf(hex))) })
  for await (const data of deflated(scanlines(options, depth))) yield encodeChunk({ type: 'IDAT', data }, crc32)
  yield encodeChunk({ type: 'IEND', data: new Uint8Array(0) })
}

/** The palette may grow while the tiles are read. The picture shows the background for a color that its palette lacks. */
export const knownColor =
  ({ palette, background }: Pick<Canvas, 'palette' | 'background'>) =>
  (color: number) =>
    color < palette.length ? color : background

/** The color around the board, as the page has it in its light theme. */
const groundColor = '#F0ECE4'

/** A palette of 256 colors has no room for the ground, which is then the background. */
const groundIndex = ({ canvas }: Pick<BoardPngOptions, 'canvas'>) =>
  canvas.palette.length < 256 ? canvas.palette.length : canvas.background

const paletteOf = ({ canvas, sampling }: BoardPngOptions) => {
  const hasGround = sampling.columns.includes(ground) || sampling.rows.includes(ground)
  return hasGround && canvas.palette.length < 256 ? [...canvas.palette, groundColor] : canvas.palette
}

/** The smallest depth of PNG (1, 2, 4 or 8) that holds every palette index. */
const depthFor = (colors: number) => [1, 2, 4].find((bits) => colors <= 1 << bits) ?? 8

/** Rows of packed indices after filter 0, which suits indexed pictures best (PNG specification, 12.7). */
async function* scanlines(options: BoardPngOptions, depth: number): AsyncGenerator<Uint8Array> {
  const { canvas, boardOf, sampling } = options
  const { columns, rows } = sampling
  const { tileSize } = canvas
  const colorAt = { known: knownColor(canvas), ground: groundIndex(options) }
  const tiles = [...new Set(Array.from(columns).filter((gx) => gx !== ground))].map((gx) => Math.floor(gx / tileSize))
  const tileColumns = [...new Set(tiles)]
  let boards: Uint8Array[] = []
  let boardsTop = -1
  let line = new Uint8Array(0)
  let before: number | null = null
  for (const gy of rows) {
    const top = gy === ground ? boardsTop : Math.floor(gy / tileSize)
    if (top !== boardsTop) {
      const read = await Promise.all(tileColumns.map((tx) => boardOf(tileOf(tileSize, { gx: tx * tileSize, gy: top * tileSize }))))
      boards = []
      tileColumns.forEach((tx, i) => {
        boards[tx] = read[i] as Uint8Array
      })
      boardsTop = top
    }
    if (gy !== before) line = packLine({ columns, boards, gy, tileSize, depth, ...colorAt })
    before = gy
    yield line
  }
}

interface Line {
  readonly columns: Int32Array
  /** By the column of the tile. */
  readonly boards: readonly Uint8Array[]
  readonly gy: number
  readonly tileSize: number
  readonly depth: number
  readonly known: (color: number) => number
  readonly ground: number
}

const packLine = ({ columns, boards, gy, tileSize, depth, ...colors }: Line): Uint8Array<ArrayBuffer> => {
  const line = new Uint8Array(1 + Math.ceil((columns.length * depth) / 8))
  const first = (gy % tileSize) * tileSize
  let [before, color] = [ground - 1, 0]
  for (let x = 0, bit = 8; x < columns.length; x++, bit += depth) {
    const gx = columns[x] as number
    if (gx !== before) {
      const isGround = gx === ground || gy === ground
      color = isGround ? colors.ground : colors.known(boards[Math.floor(gx / tileSize)]?.[first + (gx % tileSize)] ?? 0)
      before = gx
    }
    line[bit >> 3] = (line[bit >> 3] as number) | (color << (8 - depth - (bit & 7)))
  }
  return line
}

/** Bytes for zlib in one write, because each write costs a switch of threads. */
const blockBytes = 65_536

async function* blocks(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let block: Uint8Array[] = []
  let bytes = 0
  for await (const line of lines) {
    block.push(line)
    bytes += line.length
    if (bytes < blockBytes) continue
    yield Buffer.concat(block)
    block = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(block)
}

const deflated = (lines: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => {
  const deflate = createDeflate({ chunkSize: blockBytes })
  // `pipeline` forwards errors of the source to `deflate`, and stops the source when the reader cancels.
  pipeline(Readable.from(blocks(lines)), deflate, () => undefined)
  return deflate
}
