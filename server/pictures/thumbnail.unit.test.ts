import fc from 'fast-check'
import { expect, test } from 'vitest'
import { place2022 } from '../../lib/palette.ts'
import { readPngFormat } from '../../lib/png/png-format.ts'
import { pngRows } from './png-rows.ts'
import { maxThumbnailSide, thumbnailPng } from './thumbnail.ts'

const palette = place2022.map(({ hex }) => hex)
const atOnce = (part: () => Promise<void>) => part()

interface Size {
  readonly width: number
  readonly height: number
  readonly tileSize: number
}

/** The palette indices of a thumbnail, row by row. `colorAt` is the board. */
const thumbnailOf = async (size: Size, colorAt: (gx: number, gy: number) => number, inTurn = atOnce) => {
  const { tileSize } = size
  const png = await thumbnailPng({
    canvas: { ...size, palette, background: 0 },
    inTurn,
    boardOf: async (tile) =>
      Uint8Array.from({ length: tileSize * tileSize }, (_, position) =>
        colorAt((tile % 256) * tileSize + (position % tileSize), Math.floor(tile / 256) * tileSize + Math.floor(position / tileSize)),
      ),
  })
  const format = readPngFormat(png)
  const rows: number[][] = []
  for await (const { y, pixels } of pngRows(format)) rows[y] = Array.from(pixels, (pixel) => format.palette.indexOf(pixel))
  return { width: format.width, height: format.height, rows }
}

test('a canvas of at most 256 pixels a side is shown pixel by pixel', async () => {
  const size = { width: 256, height: 100, tileSize: 64 }
  const { width, height, rows } = await thumbnailOf(size, (gx, gy) => (gx * 3 + gy) % 32)
  expect([width, height]).toEqual([256, 100])
  expect(rows[99]?.[255]).toBe((255 * 3 + 99) % 32)
  expect(rows.flat()).toEqual(Array.from({ length: 25_600 }, (_, i) => ((i % 256) * 3 + Math.floor(i / 256)) % 32))
})

test('a color that came to the palette after the canvas was read is shown as the background', async () => {
  const { rows } = await thumbnailOf({ width: 600, height: 2, tileSize: 64 }, (gx) => (gx < 300 ? palette.length : 3))
  expect([rows[0]?.[0], rows[0]?.at(-1)]).toEqual([0, 3])
})

test('each pixel has the color of most pixels in its square, also where squares cross tiles', async () => {
  // Squares of 3 × 3 in tiles of 64: five pixels of color 7, four of color 2.
  const size = { width: 700, height: 300, tileSize: 64 }
  const { width, height, rows } = await thumbnailOf(size, (gx, gy) => ((gx % 3) + 3 * (gy % 3) < 5 ? 7 : 2))
  expect([width, height]).toEqual([Math.ceil(700 / 3), 100])
  // The last column has squares of one pixel's width: three pixels of which two have color 7.
  expect(new Set(rows.flat())).toEqual(new Set([7]))
})

test('one pixel on a large canvas does not hide what is around it', async () => {
  const { rows } = await thumbnailOf({ width: 1_000, height: 1_000, tileSize: 1_024 }, (gx, gy) => (gx === 500 && gy === 500 ? 5 : 31))
  expect(new Set(rows.flat())).toEqual(new Set([31]))
})

test('a thumbnail fits into its size and has the shape of the canvas', async () => {
  const side = fc.integer({ min: 1, max: 1_500 })
  await fc.assert(
    fc.asyncProperty(side, side, async (width, height) => {
      const shown = await thumbnailOf({ width, height, tileSize: 1_024 }, () => 1)
      const factor = Math.ceil(Math.max(width, height) / maxThumbnailSide)
      expect([shown.width, shown.height]).toEqual([Math.ceil(width / factor), Math.ceil(height / factor)])
    }),
    { numRuns: 10 },
  )
})

test('A6 a large canvas is counted in parts, each in turn', async () => {
  let parts = 0
  const inTurn = async (part: () => Promise<void>) => {
    parts++
    await part()
  }
  await thumbnailOf({ width: 2_048, height: 1_024, tileSize: 1_024 }, () => 0, inTurn)
  expect(parts).toBe(2)
})
