import { decode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { hasTile, tileOrigin } from '../../lib/geometry.ts'
import { place2022 } from '../../lib/palette.ts'
import { decodeChunks } from '../../lib/png/png-chunks.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { type BoardPngOptions, boardPng, fitsPng } from './board-png.ts'
import { enlarged, wholeOf } from './sampling.ts'

const colors32 = place2022.map(({ hex }) => hex)
const colors256 = Array.from({ length: 256 }, (_, i) => `#${(i * 65_793).toString(16).padStart(6, '0').toUpperCase()}`)

/** The color of a pixel in these tests: all colors occur, and neighbours differ. */
const colorAt = (gx: number, gy: number, colors: number) => (gx * 7 + gy * 13) % colors

const boardOf =
  (canvas: BoardPngOptions['canvas'], asked: number[] = []): BoardPngOptions['boardOf'] =>
  async (tile) => {
    expect(hasTile(canvas, tile)).toBe(true)
    asked.push(tile)
    const origin = tileOrigin(canvas.tileSize, tile)
    return Uint8Array.from({ length: canvas.tileSize ** 2 }, (_, i) =>
      colorAt(origin.gx + (i % canvas.tileSize), origin.gy + Math.floor(i / canvas.tileSize), canvas.palette.length),
    )
  }

const bytesOf = async (stream: ReadableStream<Uint8Array>) =>
  new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer())

/** Decodes the PNG with another library and compares each pixel. */
const expectBoard = async (canvas: BoardPngOptions['canvas'], scale: number) => {
  const png = await bytesOf(boardPng({ canvas, boardOf: boardOf(canvas), sampling: enlarged(wholeOf(canvas), scale) }))
  const { width, height, depth, data, palette } = decode(png, { checkCrc: true })
  expect({ width, height }).toEqual({ width: canvas.width * scale, height: canvas.height * scale })
  const bytesPerRow = Math.ceil((width * depth) / 8)
  let wrong = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = data[y * bytesPerRow + ((x * depth) >> 3)] ?? 0
      const index = (byte >> (8 - depth - ((x * depth) & 7))) & ((1 << depth) - 1)
      if (index !== colorAt(Math.floor(x / scale), Math.floor(y / scale), canvas.palette.length)) wrong++
    }
  }
  expect(wrong).toBe(0)
  expect(
    palette?.map(
      (rgb) =>
        `#${rgb
          .map((value) => value.toString(16).padStart(2, '0'))
          .join('')
          .toUpperCase()}`,
    ),
  ).toEqual(canvas.palette)
  return { depth }
}

describe('boardPng', () => {
  test.each([
    { width: 1, height: 1, tileSize: 64, scale: 1 },
    { width: 1, height: 1, tileSize: 64, scale: 8 },
    { width: 64, height: 64, tileSize: 64, scale: 1 },
    { width: 65, height: 63, tileSize: 64, scale: 3 },
    { width: 200, height: 130, tileSize: 64, scale: 1 },
    { width: 3, height: 300, tileSize: 128, scale: 5 },
    { width: 1_000, height: 700, tileSize: 1_024, scale: 2 },
  ])('shows $width × $height in tiles of $tileSize at scale $scale', async ({ scale, ...size }) => {
    await expectBoard(testCanvas({ ...size, palette: colors32 }), scale)
  })

  test.each([
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 4],
    [16, 4],
    [17, 8],
    [256, 8],
  ])('with %i colors needs %i bits a pixel', async (colors, bits) => {
    const { depth } = await expectBoard(testCanvas({ width: 67, height: 5, palette: colors256.slice(0, colors) }), 1)
    expect(depth).toBe(bits)
  })

  test('reads each tile once, one row of tiles at a time', async () => {
    const canvas = testCanvas({ width: 130, height: 70, tileSize: 64 })
    const asked: number[] = []
    await bytesOf(boardPng({ canvas, boardOf: boardOf(canvas, asked), sampling: enlarged(wholeOf(canvas), 1) }))
    expect(asked).toEqual([0, 1, 2, 256, 257, 258])
  })

  test('is an indexed PNG with header, palette, pixels and end', async () => {
    const canvas = testCanvas()
    const types = [
      ...decodeChunks(await bytesOf(boardPng({ canvas, boardOf: boardOf(canvas), sampling: enlarged(wholeOf(canvas), 1) }))),
    ].map(({ type }) => type)
    expect([...new Set(types)]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND'])
  })

  test('fails when a board cannot be read', async () => {
    const fault = new Error('store down')
    await expect(
      bytesOf(boardPng({ canvas: testCanvas(), boardOf: () => Promise.reject(fault), sampling: enlarged(wholeOf(testCanvas()), 1) })),
    ).rejects.toBe(fault)
  })

  test('a color that came to the palette after the canvas was read is shown as the background', async () => {
    const canvas = testCanvas({ width: 4, height: 1, tileSize: 64, background: 1 })
    const board = async () => Uint8Array.from({ length: 64 * 64 }, (_, i) => [0, 4, 2, 255][i] ?? 0)
    const { data, depth } = decode(await bytesOf(boardPng({ canvas, boardOf: board, sampling: enlarged(wholeOf(canvas), 1) })))
    expect([depth, data[0]]).toEqual([2, 0b00_01_10_01])
  })

  test('stops reading boards when its reader cancels', async () => {
    const canvas = testCanvas({ width: 64, height: 16_384, tileSize: 64, palette: colors256 })
    const asked: number[] = []
    const reader = boardPng({ canvas, boardOf: boardOf(canvas, asked), sampling: enlarged(wholeOf(canvas), 8) }).getReader()
    await reader.read()
    await reader.cancel()
    expect(asked.length).toBeLessThan(256)
  })

  test.each([
    [16_384, 1, 1, true],
    [16_384, 1, 2, false],
    [1, 2_048, 8, true],
    [2_049, 1, 8, false],
  ])('%i × %i at scale %i fits: %s', (width, height, scale, fits) => {
    expect(fitsPng({ width, height }, scale)).toBe(fits)
  })
})
