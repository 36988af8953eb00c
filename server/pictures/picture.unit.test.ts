import fc from 'fast-check'
import { encode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { encodeTestPng, endChunk, headerChunk, pngOf, type TestPicture } from '../../lib/png/png.fixture.ts'
import { encodeChunk, pngSignature } from '../../lib/png/png-chunks.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { paintsNothing, type ReadPictureOptions, readPicture } from './picture.ts'

const white = [255, 255, 255, 255]
const red = [255, 0, 0, 255]
const blue = [0, 0, 255, 255]
const violet = [0x12, 0, 0xfe, 255]
const nothing = [1, 2, 3, 127]

/** The canvas's palette is white, red, green, blue. */
const read = (png: Uint8Array, options: Partial<ReadPictureOptions> = {}) =>
  readPicture({ png, canvas: testCanvas(), gx: 0, gy: 0, nearest: false, ...options })

const rgba = (width: number, ...pixels: number[][]) =>
  encode({ width, height: pixels.length / width, data: Uint8Array.from(pixels.flat()), channels: 4 })

const refusalOf = async (...args: Parameters<typeof read>) => {
  const result = await read(...args)
  return result.ok ? null : result.refusal
}

describe('colors', () => {
  test('are matched to the palette, and transparent pixels paint nothing', async () => {
    const result = await read(rgba(3, white, red, nothing, blue, [255, 0, 0, 128], [9, 9, 9, 0]))
    expect(result).toEqual({
      ok: true,
      picture: { width: 3, height: 2, colors: Int16Array.of(0, 1, paintsNothing, 3, 1, paintsNothing), opaque: 4 },
    })
  })

  test.each<[string, Uint8Array]>([
    ['gray', encodeTestPng({ width: 2, height: 1, kind: 'gray', depth: 1, samples: [1, 1] })],
    ['gray with alpha', encodeTestPng({ width: 2, height: 1, kind: 'gray_alpha', depth: 8, samples: [255, 255, 255, 128] })],
    ['16 bits', encode({ width: 2, height: 1, data: new Uint16Array(6).fill(65_535), channels: 3, depth: 16 })],
    [
      'palette',
      encode({
        width: 2,
        height: 1,
        data: Uint8Array.of(1, 1),
        channels: 1,
        palette: [
          [0, 0, 0],
          [255, 255, 255],
        ],
      }),
    ],
    ['interlaced', encode({ width: 2, height: 1, data: new Uint8Array(8).fill(255), channels: 4 }, { interlace: 'Adam7' })],
  ])('are read from every kind of PNG: %s', async (_, png) => {
    expect(await read(png)).toEqual({ ok: true, picture: { width: 2, height: 1, colors: Int16Array.of(0, 0), opaque: 2 } })
  })

  test('outside the palette are refused, with the top left one and their number', async () => {
    const picture: TestPicture = {
      width: 5,
      height: 3,
      kind: 'rgba',
      depth: 8,
      samples: [white, white, violet, white, red, nothing, violet, [9, 9, 9, 255], white, red, white, white, white, white, violet].flat(),
    }
    for (const interlaced of [false, true]) {
      expect(await refusalOf(encodeTestPng({ ...picture, interlaced }))).toEqual({
        code: 'color_not_in_palette',
        detail: expect.stringMatching(/^The pixel at 2, 0 of the picture is #1200FE, .* 4 of 14 pixels have such colours\./),
      })
    }
  })

  test('outside the palette become the nearest ones with `nearest`', async () => {
    const result = await read(rgba(2, violet, [250, 20, 20, 255]), { nearest: true })
    expect(result.ok && [...result.picture.colors]).toEqual([3, 1])
  })

  test('of a photograph are all matched, also beyond the cache', async () => {
    const canvas = testCanvas({ width: 300, height: 300 })
    const data = Uint8Array.from({ length: 300 * 300 * 3 }, (_, i) => (i % 3 === 0 ? 255 : (i * 2_654_435_761) >>> 24))
    const result = await read(encode({ width: 300, height: 300, data, channels: 3 }), { canvas, nearest: true })
    expect(result.ok && result.picture.opaque).toBe(90_000)
  })
})

describe('size', () => {
  const line = rgba(100, ...new Array<number[]>(100).fill(red))

  test.each([
    { png: rgba(1, red), gx: 99, gy: 69 },
    { png: line, gx: 0, gy: 69 },
  ])('fits up to the edge: at $gx, $gy', async (options) => {
    expect((await read(options.png, options)).ok).toBe(true)
  })

  test.each([
    { png: rgba(1, red), gx: 100, gy: 0 },
    { png: rgba(1, red), gx: 0, gy: 70 },
    { png: rgba(1, red), gx: -1, gy: 0 },
    { png: line, gx: 1, gy: 0 },
    { png: line, gx: 0, gy: 70 },
    { png: rgba(2, red, red, red, red), gx: 98, gy: 69 },
  ])('beyond the edge is refused: at $gx, $gy', async (options) => {
    expect(await refusalOf(options.png, options)).toMatchObject({ code: 'out_of_bounds' })
  })

  test('beyond any memory is refused before the pixels are inflated', async () => {
    const header = headerChunk({ width: 2 ** 31 - 1, height: 2 ** 31 - 1, kind: 'rgba', depth: 16 })
    const png = pngOf([header, { type: 'IDAT', data: Uint8Array.of(1) }, endChunk])
    expect(await refusalOf(png)).toMatchObject({ code: 'out_of_bounds' })
  })
})

describe('a file that is not a complete PNG', () => {
  const whole = rgba(3, white, red, blue)

  test.each<[string, Uint8Array]>([
    ['empty', new Uint8Array(0)],
    ['JPEG', Buffer.from('ffd8ffe000104a46494600', 'hex')],
    ['text', Buffer.from('<html>')],
    ['truncated', whole.subarray(0, whole.length - 5)],
    ['only a header', Buffer.concat([pngSignature, encodeChunk(headerChunk({ width: 1, height: 1, kind: 'gray', depth: 8 }))])],
  ])('is refused: %s', async (_, png) => {
    expect(await refusalOf(png)).toMatchObject({ code: 'invalid_request', detail: expect.stringMatching(/PNG/) })
  })

  test('with random bytes is refused and never throws', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(await refusalOf(Buffer.concat([pngSignature, bytes]))).toMatchObject({ code: 'invalid_request' })
    })
    await fc.assert(property)
  })
})
