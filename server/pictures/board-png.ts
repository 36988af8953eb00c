/**
 * The whole canvas as an indexed PNG, each pixel `scale × scale` large.
 *
 * A picture has up to 16,384 pixels a side, so it is a stream: one row of tiles is in memory, and zlib compresses on its own thread. Each tile is
 * read when its row is encoded, so tiles may be of different moments.
 */
import { pipeline, Readable } from 'node:stream'
import { crc32, createDeflate } from 'node:zlib'
import type { TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { tileOf, tilesX } from '../../lib/geometry.ts'
import { rgbOf } from '../../lib/palette.ts'
import { encodeChunk, pngSignature } from '../../lib/png/png-chunks.ts'

export const maxPngSide = 16_384

export interface BoardPngOptions {
  readonly canvas: Pick<Canvas, 'width' | 'height' | 'tileSize' | 'palette' | 'background'>
  readonly boardOf: (tile: TileNumber) => Promise<Uint8Array>
  /** 1 to 8. */
  readonly scale: number
}

/** Whether the picture stays within `maxPngSide`. */
export const fitsPng = (canvas: Pick<Canvas, 'width' | 'height'>, scale: number) =>
  Math.max(canvas.width, canvas.height) * scale <= maxPngSide

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
  const { canvas, scale } = options
  const depth = depthFor(canvas.palette.length)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(canvas.width * scale, 0)
  header.writeUInt32BE(canvas.height * scale, 4)
  header[8] = depth
  header[9] = 3 // indexed; compression, filter and interlace methods are 0
  yield pngSignature
  yield encodeChunk({ type: 'IHDR', data: header })
  yield encodeChunk({ type: 'PLTE', data: Uint8Array.from(canvas.palette.flatMap((hex) => rgbOf(hex))) })
  for await (const data of deflated(scanlines(options, depth))) yield encodeChunk({ type: 'IDAT', data }, crc32)
  yield encodeChunk({ type: 'IEND', data: new Uint8Array(0) })
}

/** The palette may grow while the tiles are read. The picture shows the background for a color that its palette lacks. */
export const knownColor =
  ({ palette, background }: Pick<Canvas, 'palette' | 'background'>) =>
  (color: number) =>
    color < palette.length ? color : background

/** The smallest depth of PNG (1, 2, 4 or 8) that holds every palette index. */
const depthFor = (colors: number) => [1, 2, 4].find((bits) => colors <= 1 << bits) ?? 8

/** Rows of packed indices after filter 0, which suits indexed pictures best (PNG specification, 12.7). */
async function* scanlines({ canvas, boardOf, scale }: BoardPngOptions, depth: number): AsyncGenerator<Uint8Array> {
  const { width, height, tileSize } = canvas
  const known = knownColor(canvas)
  for (let top = 0; top < height; top += tileSize) {
    const boards = await Promise.all(
      Array.from({ length: tilesX(canvas) }, (_, tx) => boardOf(tileOf(tileSize, { gx: tx * tileSize, gy: top }))),
    )
    for (let y = 0; y < Math.min(tileSize, height - top); y++) {
      const line = new Uint8Array(1 + Math.ceil((width * scale * depth) / 8))
      let bit = 8
      for (let gx = 0; gx < width; gx++) {
        const color = known(boards[Math.floor(gx / tileSize)]?.[y * tileSize + (gx % tileSize)] ?? 0)
        for (let i = 0; i < scale; i++, bit += depth) line[bit >> 3] = (line[bit >> 3] as number) | (color << (8 - depth - (bit & 7)))
      }
      for (let i = 0; i < scale; i++) yield line
    }
  }
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
