/** A small picture of a whole canvas. Each of its pixels has the color that most pixels of a square of the canvas have. */
import { buffer } from 'node:stream/consumers'
import { tileOf, tilesX } from '../../lib/geometry.ts'
import { type BoardPngOptions, boardPng, knownColor } from './board-png.ts'
import { enlarged, wholeOf } from './sampling.ts'

/** The longest side of a thumbnail. A smaller canvas is not enlarged. */
export const maxThumbnailSide = 256
/** Pixels that are counted at once: about 5 ms. */
const pixelsAtOnce = 1_048_576

export interface ThumbnailOptions extends Omit<BoardPngOptions, 'sampling'> {
  /** Does a part of the work when the process has time for it. */
  readonly inTurn: (part: () => Promise<void>) => Promise<void>
}

export const thumbnailPng = async (options: ThumbnailOptions): Promise<Uint8Array> => {
  const { width, height, colors } = await reduceBoard(options)
  const tileSize = Math.max(width, height)
  const board = new Uint8Array(tileSize * tileSize)
  for (let y = 0; y < height; y++) board.set(colors.subarray(y * width, (y + 1) * width), y * tileSize)
  const { palette, background } = options.canvas
  const canvas = { width, height, tileSize, palette, background }
  return buffer(boardPng({ canvas, boardOf: async () => board, sampling: enlarged(wholeOf(canvas), 1) }))
}

/** One row of tiles is in memory. */
const reduceBoard = async ({ canvas, boardOf, inTurn }: ThumbnailOptions) => {
  const { width, height, tileSize } = canvas
  const rows = createRowReducer(canvas)
  const rowsAtOnce = Math.max(1, Math.floor(pixelsAtOnce / width))
  for (let top = 0; top < height; top += tileSize) {
    const boards = await Promise.all(
      Array.from({ length: tilesX(canvas) }, (_, tx) => boardOf(tileOf(tileSize, { gx: tx * tileSize, gy: top }))),
    )
    const bottom = Math.min(height, top + tileSize)
    for (let from = top; from < bottom; from += rowsAtOnce) {
      await inTurn(async () => {
        for (let gy = from; gy < Math.min(bottom, from + rowsAtOnce); gy++) rows.add(boards, gy)
      })
    }
  }
  return rows.result
}

type Size = BoardPngOptions['canvas']

/** Takes the rows of the canvas from top to bottom. */
const createRowReducer = (canvas: Size) => {
  const { width, height, tileSize, palette } = canvas
  const known = knownColor(canvas)
  const factor = Math.ceil(Math.max(width, height) / maxThumbnailSide)
  const result = { width: Math.ceil(width / factor), height: Math.ceil(height / factor), colors: new Uint8Array(0) }
  result.colors = new Uint8Array(result.width * result.height)
  const colorCount = palette.length
  /** How often each color is in each square of the current row of squares. */
  const counts = new Uint16Array(result.width * colorCount)

  const countRow = (boards: readonly Uint8Array[], y: number) => {
    for (let gx = 0; gx < width; gx++) {
      const color = known(boards[Math.floor(gx / tileSize)]?.[y * tileSize + (gx % tileSize)] ?? 0)
      const index = Math.floor(gx / factor) * colorCount + color
      counts[index] = (counts[index] as number) + 1
    }
  }

  const endSquares = (row: number) => {
    for (let square = 0; square < result.width; square++) {
      const first = square * colorCount
      let best = 0
      for (let color = 1; color < colorCount; color++) {
        if ((counts[first + color] as number) > (counts[first + best] as number)) best = color
      }
      result.colors[row * result.width + square] = best
    }
    counts.fill(0)
  }

  return {
    result,
    add(boards: readonly Uint8Array[], gy: number) {
      countRow(boards, gy % tileSize)
      if ((gy + 1) % factor === 0 || gy + 1 === height) endSquares(Math.floor(gy / factor))
    },
  }
}
