/** Encodes and decodes PNG chunks, `length · type · data · CRC` (PNG specification, third edition, section 5). */
import { crc32 } from 'node:zlib'

export interface Chunk {
  /** Four letters, such as `IDAT`. */
  readonly type: string
  readonly data: Uint8Array
}

/** The bytes are not a complete PNG. The message is for the sender. */
export class MalformedPng extends Error {
  readonly code = 'malformed_png'
}

export const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** More than any encoder writes for the largest upload. A file of empty chunks would block the event loop. */
const maxChunks = 65_536

export const encodeChunk = ({ type, data }: Chunk): Uint8Array => {
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  chunk.set(data, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return chunk
}

/** Yields complete chunks with correct checksums, up to `IEND`. @throws {MalformedPng} */
export function* decodeChunks(png: Uint8Array): Generator<Chunk> {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength)
  if (!bytes.subarray(0, 8).equals(pngSignature)) throw new MalformedPng('The file is not a PNG.')
  let offset = 8
  for (let count = 0; count < maxChunks; count++) {
    if (offset + 12 > bytes.length) throw new MalformedPng('The PNG is truncated.')
    const end = offset + 8 + bytes.readUInt32BE(offset)
    if (end + 4 > bytes.length) throw new MalformedPng('The PNG is truncated.')
    if (crc32(bytes.subarray(offset + 4, end)) !== bytes.readUInt32BE(end))
      throw new MalformedPng('The PNG is damaged: a checksum is wrong.')
    const type = bytes.toString('latin1', offset + 4, offset + 8)
    yield { type, data: bytes.subarray(offset + 8, end) }
    if (type === 'IEND') return
    offset = end + 4
  }
  throw new MalformedPng('The PNG has too many chunks.')
}
