import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { encode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { channelCounts, encodeTestPng, endChunk, headerChunk, pngOf, scanlines, type TestPicture } from '../../lib/png/png.fixture.ts'
import { type Chunk, decodeChunks, MalformedPng, pngSignature } from '../../lib/png/png-chunks.ts'
import { type PngFormat, readPngFormat } from '../../lib/png/png-format.ts'
import type { PngRow } from '../../lib/png/png-scanlines.ts'
import { readPngRows } from '../../lib/png/read-png-rows.ts'
import { pngRows } from './png-rows.ts'

type Decode = (png: Uint8Array) => Promise<number[]>

const decoder =
  (rowsOf: (format: PngFormat) => AsyncIterable<PngRow> | Iterable<PngRow>): Decode =>
  async (png) => {
    const format = readPngFormat(png)
    const pixels = new Array<number>(format.width * format.height).fill(-1)
    for await (const row of rowsOf(format)) {
      for (const [i, pixel] of row.pixels.entries()) pixels[row.y * format.width + row.x0 + i * row.dx] = pixel
    }
    return pixels
  }

const rejectionOf = async (decode: Decode, png: Uint8Array) => {
  const error = await decode(png).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(MalformedPng)
  return (error as MalformedPng).message
}

const depths = { gray: [1, 2, 4, 8, 16], rgb: [8, 16], indexed: [1, 2, 4, 8], gray_alpha: [8, 16], rgba: [8, 16] } as const
const palette = (colors: number): Chunk => ({ type: 'PLTE', data: Uint8Array.from({ length: colors * 3 }, (_, i) => (i * 37) & 255) })

const pictures = fc
  .constantFrom(...(Object.keys(depths) as (keyof typeof depths)[]))
  .chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      depth: fc.constantFrom<number>(...depths[kind]),
      width: fc.integer({ min: 1, max: 19 }),
      height: fc.integer({ min: 1, max: 19 }),
    }),
  )
  .chain((shape) => {
    const count = shape.width * shape.height * channelCounts[shape.kind]
    return fc.record({
      ...Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, fc.constant(value)])),
      samples: fc.array(fc.integer({ min: 0, max: 2 ** shape.depth - 1 }), { minLength: count, maxLength: count }),
      interlaced: fc.boolean(),
      filters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 5, maxLength: 5 }),
    }) as unknown as fc.Arbitrary<TestPicture & { filters: number[] }>
  })

const expected = ({ kind, depth, samples }: TestPicture) => {
  const channels = channelCounts[kind]
  const scaled = samples.map((sample) => Math.round((sample * 255) / (2 ** depth - 1)))
  return Array.from({ length: samples.length / channels }, (_, i) => {
    const [first = 0, second = 0, third = 0, fourth = 0] = scaled.slice(i * channels)
    const rgba = {
      gray: [first, first, first, 255],
      gray_alpha: [first, first, first, second],
      rgb: [first, second, third, 255],
      rgba: [first, second, third, fourth],
      indexed: [0, 1, 2].map((c) => (((samples[i] ?? 0) * 3 + c) * 37) & 255).concat(255),
    }[kind]
    return ((rgba[3] ?? 0) * 2 ** 24 + (rgba[0] ?? 0) * 2 ** 16 + (rgba[1] ?? 0) * 2 ** 8 + (rgba[2] ?? 0)) as number
  })
}

const decoders = [
  { name: 'server', decode: decoder(pngRows) },
  { name: 'page', decode: decoder(readPngRows) },
]

describe.each(decoders)('T2: in the $name, a complete PNG', ({ decode }) => {
  test('of every kind, depth, filter and interlacing is decoded', async () => {
    const property = fc.asyncProperty(pictures, async ({ filters, ...picture }) => {
      const png = encodeTestPng({
        ...picture,
        filterOf: (line) => filters[line % 5] ?? 0,
        chunks: picture.kind === 'indexed' ? [palette(256)] : [],
      })
      expect(await decode(png)).toEqual(expected(picture))
    })
    await fc.assert(property, { numRuns: 300 })
  })

  test('may have many small chunks, and chunks of other types between them', async () => {
    const picture: TestPicture = { width: 3, height: 2, kind: 'gray', depth: 8, samples: [0, 1, 2, 3, 4, 255] }
    const packed = deflateSync(scanlines(picture))
    const text: Chunk = { type: 'tEXt', data: Buffer.from('Title\0Something') }
    const parts = [...packed].map((byte): Chunk => ({ type: 'IDAT', data: Uint8Array.of(byte) }))
    expect(await decode(pngOf([headerChunk(picture), text, ...parts, endChunk]))).toEqual(expected(picture))
  })

  test.each(['null', 'Adam7'] as const)('of another encoder is decoded (interlace %s)', async (interlace) => {
    const data = Uint8Array.from({ length: 11 * 9 * 4 }, (_, i) => (i * 91) & 255)
    const png = encode({ width: 11, height: 9, data, channels: 4 }, { interlace })
    expect(await decode(png)).toEqual(expected({ width: 11, height: 9, kind: 'rgba', depth: 8, samples: [...data] }))
  })

  test('applies the transparency of its palette', async () => {
    const chunks = [palette(3), { type: 'tRNS', data: Uint8Array.of(0, 128) }]
    const pixels = await decode(encodeTestPng({ width: 3, height: 1, kind: 'indexed', depth: 2, samples: [0, 1, 2], chunks }))
    expect(pixels.map((pixel) => pixel >>> 24)).toEqual([0, 128, 255])
  })

  test.each([
    { kind: 'gray', key: [0, 7], samples: [7, 8] },
    { kind: 'rgb', key: [0, 1, 0, 2, 0, 3], samples: [1, 2, 3, 1, 2, 4] },
  ] as const)('of kind $kind may have one transparent color', async ({ kind, key, samples }) => {
    const chunks = [{ type: 'tRNS', data: Uint8Array.from(key) }]
    const pixels = await decode(encodeTestPng({ width: 2, height: 1, kind, depth: 8, samples: [...samples], chunks }))
    expect(pixels.map((pixel) => pixel >>> 24)).toEqual([0, 255])
  })
})

describe.each(decoders)('T2: in the $name, an invalid PNG', ({ decode }) => {
  const rejection = (png: Uint8Array) => rejectionOf(decode, png)

  const picture: TestPicture = {
    width: 40,
    height: 30,
    kind: 'rgb',
    depth: 8,
    samples: Array.from({ length: 3_600 }, (_, i) => (i * 7_919) & 255),
  }
  const complete = encodeTestPng(picture)
  const withPixels = (bytes: Uint8Array) => pngOf([headerChunk(picture), { type: 'IDAT', data: bytes }, endChunk])

  test('is rejected at any length', async () => {
    for (let length = 0; length < complete.length; length += 7) await rejection(complete.subarray(0, length))
    await rejection(complete.subarray(0, complete.length - 1))
  })

  test('with any changed byte is rejected', async () => {
    const bytes = fc.record({ at: fc.nat(complete.length - 1), value: fc.integer({ min: 1, max: 255 }) })
    const property = fc.asyncProperty(bytes, async ({ at, value }) => {
      const changed = Buffer.from(complete)
      changed[at] = (changed[at] ?? 0) ^ value
      await rejection(changed)
    })
    await fc.assert(property)
  })

  test('with random pixels and correct checksums is rejected', async () => {
    const bytes = fc.uint8Array({ maxLength: 200 })
    await fc.assert(fc.asyncProperty(bytes, async (data) => void (await rejection(withPixels(data)))))
  })

  test.each([
    ['another format', Buffer.from('GIF89a…'), 'The file is not a PNG.'],
    ['an empty file', Buffer.alloc(0), 'The file is not a PNG.'],
    ['the signature alone', Buffer.from(pngSignature), 'The PNG is truncated.'],
    ['no pixels', pngOf([headerChunk(picture), endChunk]), 'The PNG has no pixels.'],
    ['no header', pngOf([{ type: 'IDAT', data: new Uint8Array(0) }, endChunk]), 'The PNG does not begin with its header.'],
    [
      'too few rows',
      withPixels(deflateSync(scanlines(picture).subarray(0, 500))),
      'The PNG is truncated: it has fewer pixels than its size says.',
    ],
    ['a cut-off stream', withPixels(deflateSync(scanlines(picture)).subarray(0, 100)), 'The PNG is damaged or truncated.'],
    ['an unknown filter', withPixels(deflateSync(Buffer.alloc(3_630, 9))), 'The PNG is damaged: a row has an unknown filter.'],
    [
      'no palette',
      encodeTestPng({ width: 1, height: 1, kind: 'indexed', depth: 8, samples: [0] }),
      'The palette of the PNG is missing or has the wrong length.',
    ],
    [
      'a colour beyond the palette',
      encodeTestPng({ width: 2, height: 1, kind: 'indexed', depth: 2, samples: [1, 2], chunks: [palette(2)] }),
      'The PNG is damaged: a pixel has a colour that its palette lacks.',
    ],
    ['a width of 0', encodeTestPng({ ...picture, width: 0 }), 'The header of the PNG is not valid.'],
    ['a depth that its kind lacks', encodeTestPng({ ...picture, depth: 4 }), 'The header of the PNG is not valid.'],
  ])('is rejected: %s', async (_, png, message) => {
    expect(await rejection(png)).toBe(message)
  })

  test('is rejected with more than 65,536 chunks', async () => {
    const plain = encodeTestPng(picture)
    const others = [...decodeChunks(plain)].length
    const withEmpty = (count: number) =>
      encodeTestPng({ ...picture, chunks: Array.from({ length: count }, () => ({ type: 'tEXt', data: new Uint8Array(0) })) })
    expect(await decode(withEmpty(65_536 - others))).toEqual(await decode(plain))
    expect(await rejection(withEmpty(65_536 - others + 1))).toBe('The PNG has too many chunks.')
  })

  test('that inflates to more than its size is read only up to its size', async () => {
    const bomb = deflateSync(Buffer.alloc(50_000_000)).subarray(0, 10_000)
    expect(await decode(withPixels(bomb))).toEqual(new Array(1_200).fill(0xff000000))
  })
})
