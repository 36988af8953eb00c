/**
 * Reads an uploaded logo. Every pixel is decoded, so that a file that browsers cannot show is refused. The result has nothing but the pixels: no
 * texts, no place where a photograph was taken, and nothing after its end.
 */
import { crc32 } from 'node:zlib'
import { type Chunk, decodeChunks, encodeChunk, MalformedPng, pngSignature } from '../../lib/png/png-chunks.ts'
import { readPngFormat } from '../../lib/png/png-format.ts'
import { invalid } from '../../lib/refusal.ts'
import { type LogoFile, siteLimits } from '../../lib/site.ts'
import type { Parsed } from '../parse.ts'
import { pngRows } from './png-rows.ts'

const { maxLogoSide } = siteLimits

export const readLogo = async (png: Uint8Array): Promise<Parsed<LogoFile>> => {
  try {
    const format = readPngFormat(png, crc32)
    const { width, height, packed } = format
    if (width > maxLogoSide || height > maxLogoSide) {
      const message = `is ${width} × ${height} pixels, and a logo must have at most ${maxLogoSide} a side`
      return { ok: false, refusal: invalid([{ path: 'logo', message }]) }
    }
    for await (const _ of pngRows(format));
    return { ok: true, value: { png: pngOf(png, packed), width, height } }
  } catch (error) {
    if (!(error instanceof MalformedPng)) throw error
    return { ok: false, refusal: { code: 'invalid_request', detail: error.message, errors: [{ path: 'logo', message: error.message }] } }
  }
}

const pngOf = (png: Uint8Array, packed: Uint8Array): Uint8Array => {
  // The last one of each type, as `readPngFormat` reads it.
  const known = new Map([...decodeChunks(png, crc32)].map((chunk) => [chunk.type, chunk]))
  const chunks = [known.get('IHDR'), known.get('PLTE'), known.get('tRNS'), { type: 'IDAT', data: packed }, known.get('IEND')]
  const kept = chunks.filter((chunk): chunk is Chunk => chunk !== undefined)
  return new Uint8Array(Buffer.concat([pngSignature, ...kept.map((chunk) => encodeChunk(chunk, crc32))]))
}
