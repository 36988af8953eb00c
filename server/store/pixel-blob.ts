/**
 * The pixels of a commit as bytes, for stores and streams: a commit is written once and read a few times, so a row (or a document)
 * per pixel would be waste.
 *
 * Layout, little endian: `u16` number of painters · each painter as `u8` length and that many ASCII bytes · then 8 bytes per pixel:
 * `u32` position, `u8` colour, `u8` previous colour, `u16` index of its painter.
 */
import { asPainterId, asPosition } from '../../lib/brand.ts'
import type { CommitPixel } from '../../lib/commit.ts'

const pixelBytes = 8

export const encodePixelBlob = (pixels: readonly CommitPixel[]): Uint8Array => {
  const painters = new Map<string, number>()
  let headerBytes = 2
  for (const { by } of pixels) {
    if (painters.has(by)) continue
    painters.set(by, painters.size)
    headerBytes += 1 + by.length
  }
  const buffer = Buffer.allocUnsafe(headerBytes + pixels.length * pixelBytes)
  let offset = buffer.writeUInt16LE(painters.size, 0)
  for (const painter of painters.keys()) {
    offset = buffer.writeUInt8(painter.length, offset)
    offset += buffer.write(painter, offset, 'latin1')
  }
  for (const { position, color, previous, by } of pixels) {
    offset = buffer.writeUInt32LE(position, offset)
    offset = buffer.writeUInt8(color, offset)
    offset = buffer.writeUInt8(previous, offset)
    offset = buffer.writeUInt16LE(painters.get(by) ?? 0, offset)
  }
  return buffer
}

export const decodePixelBlob = (bytes: Uint8Array): CommitPixel[] => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const painters: string[] = []
  const count = buffer.readUInt16LE(0)
  let offset = 2
  for (let i = 0; i < count; i++) {
    const length = buffer.readUInt8(offset)
    painters.push(buffer.toString('latin1', offset + 1, offset + 1 + length))
    offset += 1 + length
  }
  const pixels: CommitPixel[] = []
  for (; offset < buffer.length; offset += pixelBytes) {
    pixels.push({
      position: asPosition(buffer.readUInt32LE(offset)),
      color: buffer.readUInt8(offset + 4),
      previous: buffer.readUInt8(offset + 5),
      by: asPainterId(painters[buffer.readUInt16LE(offset + 6)] ?? ''),
    })
  }
  return pixels
}

/** Null when these are not such bytes. */
export const tryDecodePixelBlob = (bytes: Uint8Array): CommitPixel[] | null => {
  try {
    return decodePixelBlob(bytes)
  } catch {
    return null
  }
}
