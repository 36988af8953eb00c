/** The wanted colors of a template: as bytes for the store, in memory for counting, and as a PNG. */
import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import { type LinkedTemplate, noCell } from '../../lib/linked-template.ts'
import { rgbOf } from '../../lib/palette.ts'
import { encodeChunk, pngSignature } from '../../lib/png/png-chunks.ts'
import { paintsNothing } from '../pictures/picture.ts'
import { packColors, unpackColors } from '../projecting/snapshot-bytes.ts'
import type { TemplateStore } from '../store/templates-port.ts'

const compress = promisify(deflate)

/** From the colors of a picture. */
export const cellsOf = (colors: Int16Array): Uint16Array => Uint16Array.from(colors, (color) => (color === paintsNothing ? noCell : color))

/** Little-endian. */
export const packCells = (cells: Uint16Array): Promise<Uint8Array> => {
  const bytes = Buffer.alloc(cells.length * 2)
  for (const [index, cell] of cells.entries()) bytes.writeUInt16LE(cell, index * 2)
  return packColors(bytes)
}

/** Null if the bytes are damaged. */
export const unpackCells = async (
  bytes: Uint8Array,
  { width, height }: Pick<LinkedTemplate, 'width' | 'height'>,
): Promise<Uint16Array | null> => {
  const unpacked = await unpackColors(bytes)
  if (unpacked?.length !== width * height * 2) return null
  const view = new DataView(unpacked.buffer, unpacked.byteOffset, unpacked.length)
  return Uint16Array.from({ length: width * height }, (_, index) => view.getUint16(index * 2, true))
}

/** In cells. */
const maxCachedCells = 16_777_216

/** The cells of templates as they are needed, the least recently used dropped (A6). Null if the template has another revision by now. */
export const createCellReader = (store: Pick<TemplateStore, 'getTemplatePicture'>) => {
  const cache = new LRUCache<string, Uint16Array>({ maxSize: maxCachedCells, sizeCalculation: ({ length }) => Math.max(1, length) })
  return async (template: LinkedTemplate): Promise<Uint16Array | null> => {
    const key = `${template.id}/${template.rev}`
    const cached = cache.get(key)
    if (cached) return cached
    const picture = await store.getTemplatePicture(template.id)
    const cells = picture?.rev === template.rev ? await unpackCells(picture.bytes, template) : null
    if (cells) cache.set(key, cells)
    return cells
  }
}

/** A PNG with the colors that the cells use, and one that is transparent. */
export const cellsPng = async (cells: Uint16Array, size: Pick<LinkedTemplate, 'width' | 'height'>, palette: readonly string[]) => {
  const { width, height } = size
  const used = [...new Set(cells)].filter((cell) => cell !== noCell).sort((a, b) => a - b)
  // With 256 colors there is no index left for the transparent one.
  const isIndexed = used.length < 256
  const channels = isIndexed ? 1 : 4
  const indexOf = new Map(used.map((cell, index) => [cell, index + 1]))
  const rgbs = used.map((cell) => rgbOf(palette[cell] ?? '#000000'))
  const lines = Buffer.alloc(height * (1 + width * channels))
  for (const [cell, color] of cells.entries()) {
    const at = Math.floor(cell / width) * (1 + width * channels) + 1 + (cell % width) * channels
    const index = indexOf.get(color) ?? 0
    if (isIndexed) lines[at] = index
    else if (index > 0) lines.set([...(rgbs[index - 1] ?? [0, 0, 0]), 255], at)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, isIndexed ? 3 : 6], 8)
  const palettes = [
    { type: 'PLTE', data: Uint8Array.from([0, 0, 0, ...rgbs.flat()]) },
    { type: 'tRNS', data: Uint8Array.of(0) },
  ]
  const chunks = [
    { type: 'IHDR', data: header },
    ...(isIndexed ? palettes : []),
    { type: 'IDAT', data: await compress(lines) },
    { type: 'IEND', data: new Uint8Array(0) },
  ]
  return Buffer.concat([pngSignature, ...chunks.map((chunk) => encodeChunk(chunk, crc32))])
}
