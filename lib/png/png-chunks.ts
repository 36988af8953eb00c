/** Encodes and decodes PNG chunks, `length · type · data · CRC` (PNG specification, third edition, section 5). */
import { crc32 as plainCrc32 } from './crc32.ts'

export interface Chunk {
  /** Four letters, such as `IDAT`. */
  readonly type: string
  readonly data: Uint8Array
}

export type PngFault = 'not_png' | 'truncated' | 'checksum' | 'chunks' | 'header' | 'no_pixels' | 'palette' | 'pixels'

/** The bytes are not a complete PNG. The message is for the sender. */
export class MalformedPng extends Error {
  readonly code = 'malformed_png'
  readonly fault: PngFault

  constructor(fault: PngFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}

export const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

export const isPng = (bytes: Uint8Array) => pngSignature.every((byte, index) => bytes[index] === byte)

/** More than any encoder writes for the largest upload. A file of empty chunks would block the thread. */
const maxChunks = 65_536

/** The server passes the function of its zlib, which is faster. */
export type Crc32 = (bytes: Uint8Array) => number

export const encodeChunk = ({ type, data }: Chunk, crc32: Crc32 = plainCrc32): Uint8Array => {
  const chunk = new Uint8Array(12 + data.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, data.length)
  for (let i = 0; i < 4; i++) chunk[4 + i] = type.charCodeAt(i)
  chunk.set(data, 8)
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)))
  return chunk
}

/** Yields complete chunks with correct checksums, up to `IEND`. @throws {MalformedPng} */
export function* decodeChunks(png: Uint8Array, crc32: Crc32 = plainCrc32): Generator<Chunk> {
  if (!isPng(png)) throw new MalformedPng('not_png', 'The file is not a PNG.')
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  let offset = 8
  for (let count = 0; count < maxChunks; count++) {
    if (offset + 12 > png.length) throw new MalformedPng('truncated', 'The PNG is truncated.')
    const end = offset + 8 + view.getUint32(offset)
    if (end + 4 > png.length) throw new MalformedPng('truncated', 'The PNG is truncated.')
    if (crc32(png.subarray(offset + 4, end)) !== view.getUint32(end))
      throw new MalformedPng('checksum', 'The PNG is damaged: a checksum is wrong.')
    const type = String.fromCharCode(...png.subarray(offset + 4, offset + 8))
    yield { type, data: png.subarray(offset + 8, end) }
    if (type === 'IEND') return
    offset = end + 4
  }
  throw new MalformedPng('chunks', 'The PNG has too many chunks.')
}
