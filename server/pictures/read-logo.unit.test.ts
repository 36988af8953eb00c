import { expect, test } from 'vitest'
import { encodeTestPng, endChunk, headerChunk, pngOf } from '../../lib/png/png.fixture.ts'
import { decodeChunks } from '../../lib/png/png-chunks.ts'
import { readPngFormat } from '../../lib/png/png-format.ts'
import { siteLimits } from '../../lib/site.ts'
import { pngRows } from './png-rows.ts'
import { readLogo } from './read-logo.ts'

const gray = (width: number, height: number) =>
  encodeTestPng({ width, height, kind: 'gray', depth: 1, samples: Array.from({ length: width * height }, (_, index) => index % 2) })

const typesOf = (png: Uint8Array) => [...decodeChunks(png)].map(({ type }) => type)
const pixelsOf = async (png: Uint8Array) => {
  const pixels: number[] = []
  for await (const row of pngRows(readPngFormat(png))) pixels.push(...row.pixels)
  return pixels
}

test('a logo keeps its pixels and its transparency, and loses texts, places and whatever follows its end', async () => {
  const plte = { type: 'PLTE', data: Uint8Array.of(255, 0, 0, 0, 0, 255) }
  const trns = { type: 'tRNS', data: Uint8Array.of(0) }
  const secret = { type: 'eXIf', data: Buffer.from('where it was taken') }
  const picture = encodeTestPng({ width: 2, height: 1, kind: 'indexed', depth: 8, samples: [0, 1], chunks: [secret, plte, trns] })
  const read = await readLogo(Buffer.concat([picture, Buffer.from('<script>')]))
  expect(read).toMatchObject({ ok: true, value: { width: 2, height: 1 } })
  const { png } = (read as Extract<typeof read, { ok: true }>).value
  expect(typesOf(png)).toEqual(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'])
  expect(await pixelsOf(png)).toEqual([0x00ff0000, 0xff0000ff])
  expect(Buffer.from(png).includes('script')).toBe(false)
})

test('a picture of exactly the longest side is a logo, and one pixel more is not', async () => {
  const { maxLogoSide } = siteLimits
  expect(await readLogo(gray(maxLogoSide, 1))).toMatchObject({ ok: true, value: { width: maxLogoSide } })
  for (const png of [gray(maxLogoSide + 1, 1), gray(1, maxLogoSide + 1)]) {
    expect(await readLogo(png)).toMatchObject({ ok: false, refusal: { code: 'invalid_request', errors: [{ path: 'logo' }] } })
  }
})

test('a picture of huge sides is refused before its pixels are inflated', async () => {
  const header = headerChunk({ width: 2 ** 31 - 1, height: 2 ** 31 - 1, kind: 'rgba', depth: 16 })
  const png = pngOf([header, { type: 'IDAT', data: new Uint8Array(4) }, endChunk])
  expect(await readLogo(png)).toMatchObject({ ok: false, refusal: { detail: expect.stringContaining('at most 1024 a side') } })
})

const whole = gray(3, 3)
const other = [
  ['nothing', new Uint8Array()],
  ['HTML', Buffer.from('<html><script>alert(1)</script></html>')],
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
  ['a GIF', Buffer.from('GIF89a\u0001\u0000\u0001\u0000')],
  ['only the signature of a PNG', whole.subarray(0, 8)],
  ['a PNG without its end', whole.subarray(0, whole.length - 13)],
  ['a PNG without pixels', pngOf([headerChunk({ width: 3, height: 3, kind: 'gray', depth: 1 }), endChunk])],
  ['a PNG with too few rows', encodeTestPng({ width: 3, height: 1, kind: 'gray', depth: 1, samples: [0, 1, 0] }).fill(3, 23, 24)],
  [
    'a PNG whose pixels are no zlib data',
    pngOf([headerChunk({ width: 1, height: 1, kind: 'gray', depth: 1 }), { type: 'IDAT', data: Buffer.from('no zlib') }, endChunk]),
  ],
] as const

test.each(other)('%s is no logo', async (_, bytes) => {
  expect(await readLogo(bytes)).toMatchObject({ ok: false, refusal: { code: 'invalid_request', errors: [{ path: 'logo' }] } })
})

test('a PNG with a wrong checksum is no logo', async () => {
  const damaged = Buffer.from(whole)
  damaged[40] = (damaged[40] ?? 0) ^ 1
  expect(await readLogo(damaged)).toMatchObject({ ok: false })
})
