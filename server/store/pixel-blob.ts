/**
 * The pixels of a commit as bytes, for stores and streams. A row or document for each pixel would cost much more, and nothing reads single pixels
 * of a commit.
 *
 * Layout, little endian: `u16` number of painters · each painter as `u8` length and that many ASCII bytes · then 8 bytes per pixel:
 * `u32` position, `u8` color, `u8` previous color, `u16` index of its painter.
 *
 * In a commit of undos, the list goes on after its painters: with `<` and what each pixel undoes, in the order of the pixels. No pixel has the index of
 * such an entry, so older versions ignore them.
 */
import { asPainterId, asPosition, type PainterId } from '../../lib/brand.ts'
import type { CommitPixel, Undone } from '../../lib/commit.ts'
import { nobody } from '../../lib/painter.ts'

/** What a pixel takes; its painter comes to that once a commit. */
export const pixelBytes = 8

const undoneMark = '<'
const undoneText = ({ by, atMs }: Undone) => `${undoneMark}${atMs.toString(36)} ${by}`
const undoneOf = (text: string): Undone => {
  const [atMs = '', by = ''] = text.slice(undoneMark.length).split(' ')
  return { by: asPainterId(by), atMs: Number.parseInt(atMs, 36) }
}

export const encodePixelBlob = (pixels: readonly CommitPixel[]): Uint8Array => {
  const painters = new Map<string, number>()
  const undone: string[] = []
  let headerBytes = 2
  for (const { by, undoes } of pixels) {
    if (undoes) undone.push(undoneText(undoes))
    if (painters.has(by)) continue
    painters.set(by, painters.size)
    headerBytes += 1 + by.length
  }
  for (const text of undone) headerBytes += 1 + text.length
  const buffer = Buffer.allocUnsafe(headerBytes + pixels.length * pixelBytes)
  let offset = buffer.writeUInt16LE(painters.size + undone.length, 0)
  for (const texts of [painters.keys(), undone]) {
    for (const text of texts) {
      offset = buffer.writeUInt8(text.length, offset)
      offset += buffer.write(text, offset, 'latin1')
    }
  }
  // Byte by byte, because the methods of Buffer check their arguments, and there are millions of pixels.
  for (const { position, color, previous, by } of pixels) {
    const painter = painters.get(by) ?? 0
    buffer[offset] = position
    buffer[offset + 1] = position >>> 8
    buffer[offset + 2] = position >>> 16
    buffer[offset + 3] = position >>> 24
    buffer[offset + 4] = color
    buffer[offset + 5] = previous
    buffer[offset + 6] = painter
    buffer[offset + 7] = painter >>> 8
    offset += pixelBytes
  }
  return buffer
}

/** @throws when the bytes have another layout. */
export const decodePixelBlob = (bytes: Uint8Array): CommitPixel[] => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const painters: PainterId[] = []
  const undone: Undone[] = []
  const count = buffer.readUInt16LE(0)
  let offset = 2
  for (let i = 0; i < count; i++) {
    const length = buffer.readUInt8(offset)
    const text = buffer.toString('latin1', offset + 1, offset + 1 + length)
    if (text.startsWith(undoneMark)) undone.push(undoneOf(text))
    else painters.push(asPainterId(text))
    offset += 1 + length
  }
  if ((bytes.length - offset) % pixelBytes !== 0) throw new RangeError('The bytes end inside a pixel.')
  const at = (index: number) => bytes[index] as number
  const pixels: CommitPixel[] = []
  for (; offset < bytes.length; offset += pixelBytes) {
    const undoes = undone[pixels.length]
    pixels.push({
      position: asPosition(at(offset) + at(offset + 1) * 0x100 + at(offset + 2) * 0x1_0000 + at(offset + 3) * 0x100_0000),
      color: at(offset + 4),
      previous: at(offset + 5),
      by: painters[at(offset + 6) + at(offset + 7) * 0x100] ?? nobody,
      ...(undoes && { undoes }),
    })
  }
  return pixels
}

const headerBytesOf = (bytes: Uint8Array): number => {
  let header = 2
  for (let painters = (bytes[0] ?? 0) + (bytes[1] ?? 0) * 256; painters > 0; painters--) header += 1 + (bytes[header] ?? 0)
  return header
}

export const countBlobPixels = (bytes: Uint8Array): number => Math.max(0, bytes.length - headerBytesOf(bytes)) / pixelBytes

/** Whether `decodePixelBlob` would succeed. */
export const isPixelBlob = (bytes: Uint8Array): boolean => {
  const pixels = (bytes.length - headerBytesOf(bytes)) / pixelBytes
  return pixels >= 0 && Number.isInteger(pixels)
}
