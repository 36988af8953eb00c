import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { chooseEncoding, compress } from './encodings.ts'

test.each([
  [null, 'identity'],
  ['', 'identity'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, zstd', 'zstd'],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['deflate', 'identity'],
  ['*', 'br'],
  ['br;q=0, *', 'zstd'],
  ['br;q=0.5, gzip;q=0.9', 'gzip'],
  ['br; q=1.0', 'br'],
  ['br;q=0, zstd;q=0, gzip;q=0', 'identity'],
  ['br;q=high', 'identity'],
  [',,;q=;', 'identity'],
])('Accept-Encoding: %s chooses %s', (header, encoding) => {
  expect(chooseEncoding(header)).toBe(encoding)
})

test('compressed bytes decompress to the same bytes, quick or thorough', async () => {
  const bytes = Uint8Array.from({ length: 4_096 }, (_, i) => (i * i) % 7)
  for (const effort of ['quick', 'thorough'] as const) {
    expect(new Uint8Array(brotliDecompressSync(await compress('br', bytes, effort)))).toEqual(bytes)
    expect(new Uint8Array(zstdDecompressSync(await compress('zstd', bytes, effort)))).toEqual(bytes)
    expect(new Uint8Array(gunzipSync(await compress('gzip', bytes, effort)))).toEqual(bytes)
    expect(await compress('identity', bytes, effort)).toEqual(bytes)
  }
})
