import fc from 'fast-check'
import { encode } from 'fast-png'
import { zlibSync } from 'fflate'
import { expect, test } from 'vitest'
import { encodeTestPng, endChunk, headerChunk, pngOf } from '../png/png.fixture.ts'
import { decodeEntry, maxPixels } from './decode-entry.ts'
import { readTemplateFile } from './read-template-file.ts'
import { noCell } from './template.ts'
import { entryOf, type TemplateEntry } from './template-entry.ts'
import { NoTemplate } from './template-problem.ts'

const palette = ['#FFFFFF', '#000000', '#E50000', '#00D3DD']
const noBitmap = () => Promise.reject(new Error('no bitmaps in Node'))

type Pixel = readonly [number, number, number, number]
const white: Pixel = [255, 255, 255, 255]
const black: Pixel = [0, 0, 0, 255]
const red: Pixel = [229, 0, 0, 255]
const none: Pixel = [9, 9, 9, 0]

const pngFrom = (width: number, height: number, pixelAt: (x: number, y: number) => Pixel) =>
  encode({
    width,
    height,
    channels: 4,
    data: Uint8Array.from(Array.from({ length: width * height }, (_, i) => pixelAt(i % width, Math.floor(i / width))).flat()),
  })

const decode = (bytes: Uint8Array, more: Partial<TemplateEntry> = {}, scale?: number) =>
  decodeEntry({
    entry: entryOf({ picture: { kind: 'parts', parts: [{ bytes, x: 0, y: 0 }] }, ...more }),
    palette,
    decodeBitmap: noBitmap,
    ...(scale ? { scale } : {}),
  })
const problemOf = (decoding: Promise<unknown>) =>
  decoding.then(
    () => null,
    (error: unknown) => (error instanceof NoTemplate ? error.problem : error),
  )

test('T3: dots of any size and place are found, with colors in any order', async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 2, max: 9 }),
    fc.array(fc.constantFrom(white, black, red, none), { minLength: 24, maxLength: 24 }),
    fc.nat(8),
    fc.nat(8),
    async (scale, cells, dotX, dotY) => {
      fc.pre(new Set(cells).size === 4)
      const isDot = (x: number, y: number) => x % scale === dotX % scale && y % scale === dotY % scale
      const cellAt = (x: number, y: number) => cells[Math.floor(y / scale) * 6 + Math.floor(x / scale)] ?? none
      const png = pngFrom(6 * scale, 4 * scale, (x, y) => (isDot(x, y) ? cellAt(x, y) : none))
      const { picture, scale: found } = await decode(png)
      expect(found).toBe(scale)
      expect(picture.width).toBe(6)
      expect([...picture.pixels]).toEqual(
        cells.map((cell) => [white, black, red].indexOf(cell)).map((index) => (index < 0 ? noCell : index)),
      )
    },
  )
  await fc.assert(property, { numRuns: 60 })
})

test('T3: a picture of one color is reduced by its dots, and not by groups of dots', async () => {
  const { scale, picture } = await decode(pngFrom(24, 24, (x, y) => (x % 3 === 1 && y % 3 === 1 ? black : none)))
  expect({ scale, width: picture.width }).toEqual({ scale: 3, width: 8 })
})

test.each([
  ['a shape of one color', 40, 30, (x: number, y: number) => ((x - 20) ** 2 + (y - 15) ** 2 < 120 ? black : none)],
  ['two shapes of two colors', 100, 50, (x: number, y: number) => (x % 64 > 20 + y / 4 && x % 64 < 30 ? (x < 64 ? red : black) : none)],
  ['solid squares', 40, 40, (x: number, y: number) => (((x >> 2) + (y >> 2)) % 2 ? red : none)],
  ['one pixel', 9, 9, (x: number, y: number) => (x === 4 && y === 4 ? black : none)],
])('T3: %s proves no scale', async (_, width, height, pixelAt) => {
  expect((await decode(pngFrom(width, height, pixelAt))).scale).toBe(1)
})

test('T3: a width that does not divide the picture is ignored, and one that does decides', async () => {
  const solid = pngFrom(12, 4, (x) => (x < 6 ? red : black))
  expect((await decode(solid, { columns: 5 })).scale).toBe(1)
  expect((await decode(solid, { columns: 6 })).scale).toBe(2)
  expect((await decode(solid, { columns: 12 })).solidScale).toBe(1)
})

test('T3: a cell takes the color of most of its opaque pixels', async () => {
  const colors = [red, red, black, none, none, none, none, none, white]
  const { picture } = await decode(
    pngFrom(3, 3, (x, y) => colors[y * 3 + x] ?? none),
    {},
    3,
  )
  expect([...picture.pixels]).toEqual([2])
})

test('T4: alpha of 128 is wanted, and alpha of 127 is not', async () => {
  const { picture } = await decode(pngFrom(2, 1, (x) => [0, 0, 0, 127 + x]))
  expect([...picture.pixels]).toEqual([noCell, 1])
})

test('T5: a color within 3 in each channel is the one of the board, and beyond 3 it is foreign', async () => {
  const { picture } = await decode(pngFrom(3, 1, (x) => [226 - (x === 2 ? 1 : 0), x === 1 ? 3 : 0, 3, 255]))
  expect([...picture.pixels]).toEqual([2, 2, 4])
  expect(picture.foreign).toEqual([{ number: 4, rgb: 0xe10003, cells: 1, nearest: 2 }])
})

test('T5: a picture with more colors than numbers is decoded', async () => {
  const { picture } = await decode(pngFrom(400, 400, (x, y) => [x & 255, y & 255, (x >> 8) * 60 + (y >> 8) * 90, 255]))
  expect(picture.foreign.reduce((sum, { cells }) => sum + cells, 0)).toBeGreaterThan(159_000)
  expect(Math.max(...picture.foreign.map(({ number }) => number))).toBeLessThan(noCell)
})

test('T6: only the first frame of an animation is used', async () => {
  const { picture } = await decode(
    pngFrom(6, 2, (x) => (x < 3 ? red : black)),
    { frame: { width: 3, height: 2 } },
  )
  expect({ width: picture.width, colors: [...new Set(picture.pixels)] }).toEqual({ width: 3, colors: [2] })
})

test('T2: a picture that says a large size is refused before it is inflated', async () => {
  const header = (width: number, height: number) => headerChunk({ width, height, kind: 'rgba', depth: 8 })
  const bomb = { type: 'IDAT', data: zlibSync(new Uint8Array(1_000_000)) }
  const huge = pngOf([header(2 ** 31 - 1, 2 ** 31 - 1), bomb, endChunk])
  expect(await problemOf(decode(huge))).toMatchObject({ code: 'too_many_pixels', max: maxPixels })
  const allowed = pngOf([header(8_192, 4_096), bomb, endChunk])
  expect(await problemOf(decode(allowed))).toEqual({ code: 'damaged_png', fault: 'truncated' })
  expect(await problemOf(decode(pngOf([header(8_192, 4_097), bomb, endChunk])))).toMatchObject({ code: 'too_many_pixels' })
})

test('T2: a template has at most 1,048,576 cells', async () => {
  const stripes = (width: number, height: number) =>
    encodeTestPng({ width, height, kind: 'gray', depth: 1, samples: Array.from({ length: width * height }, (_, i) => ((i * i) >> 3) & 1) })
  expect((await decode(stripes(1_024, 1_024))).picture.pixels).toHaveLength(1_048_576)
  expect(await problemOf(decode(stripes(1_025, 1_024)))).toEqual({ code: 'too_many_cells', width: 1_025, height: 1_024, max: 1_048_576 })
})

test('T3: a picture that is too large as it is drawn is reduced by its solid squares', async () => {
  const samples = Array.from({ length: 1_200 * 1_200 }, (_, i) => ((Math.floor((i % 1_200) / 4) * 7 + Math.floor(i / 4_800) * 3) % 5) % 2)
  const { scale, picture } = await decode(encodeTestPng({ width: 1_200, height: 1_200, kind: 'gray', depth: 1, samples }))
  expect({ scale, width: picture.width }).toEqual({ scale: 4, width: 300 })
})

test('T4: a picture without any opaque pixel is refused', async () => {
  expect(await problemOf(decode(pngFrom(3, 3, () => none)))).toEqual({ code: 'nothing_wanted' })
})

test('T6: parts whose whole would be too large are refused before they are joined', async () => {
  const bytes = pngFrom(3, 3, (x, y) => (x === 1 && y === 1 ? red : none))
  const parts = [
    { bytes, x: 0, y: 0 },
    { bytes, x: 2_000_000, y: 2_000_000 },
  ]
  const entry = entryOf({ picture: { kind: 'parts', parts }, scale: 3 })
  expect(await problemOf(decodeEntry({ entry, palette, decodeBitmap: noBitmap }))).toMatchObject({ code: 'too_many_cells' })
})

test('T6: a damaged picture of any kind is told as such', async () => {
  expect(await problemOf(decode(pngFrom(3, 3, () => red).subarray(0, 40)))).toMatchObject({ code: 'damaged_png', fault: 'truncated' })
  const gif = new TextEncoder().encode('GIF89a\x03\x00\x03\x00')
  expect(await problemOf(decode(gif))).toEqual({ code: 'damaged_picture' })
})

test('T18: a picture of 1,048,576 cells is imported in 300 ms', async () => {
  const pixel = (i: number): Pixel => [white, black, red, none][((i * 2_654_435_761) >>> 13) % 4] as Pixel
  const data = new Uint8Array(1_048_576 * 4)
  for (let i = 0; i < 1_048_576; i++) data.set(pixel(i), i * 4)
  const png = encode({ width: 1_024, height: 1_024, channels: 4, data })
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage()
    const [entry] = readTemplateFile(png)
    if (entry) await decodeEntry({ entry, palette, decodeBitmap: noBitmap })
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1_000)
  }
  // The machine of a test may be busy, so this is the time of the processor.
  expect(Math.min(...times)).toBeLessThan(300)
})
