/** Reads size, kind and palette of a PNG without inflating its pixels, so that a picture that is too large costs almost nothing. */
import { type Crc32, decodeChunks, MalformedPng } from './png-chunks.ts'

export type PngKind = 'gray' | 'rgb' | 'indexed' | 'gray_alpha' | 'rgba'

/** Color types, their samples per pixel, and the depths that each allows (PNG specification, table 12). */
const kinds: Readonly<Record<number, { kind: PngKind; channels: number; depths: readonly number[] }>> = {
  0: { kind: 'gray', channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { kind: 'rgb', channels: 3, depths: [8, 16] },
  3: { kind: 'indexed', channels: 1, depths: [1, 2, 4, 8] },
  4: { kind: 'gray_alpha', channels: 2, depths: [8, 16] },
  6: { kind: 'rgba', channels: 4, depths: [8, 16] },
}

export interface PngFormat {
  readonly width: number
  readonly height: number
  readonly kind: PngKind
  readonly channels: number
  /** Bits of a sample. */
  readonly depth: number
  readonly interlaced: boolean
  /** `0xAARRGGBB` each; empty unless indexed. */
  readonly palette: Uint32Array
  /** The samples of the transparent color, which grey and RGB pictures may have. */
  readonly transparent: readonly number[] | null
  /** The compressed pixels. */
  readonly packed: Uint8Array
}

/** @throws {MalformedPng} */
export const readPngFormat = (png: Uint8Array, crc32?: Crc32): PngFormat => {
  let header: ReturnType<typeof readHeader> | null = null
  let colors: Uint8Array | null = null
  let transparency: Uint8Array | null = null
  const packed: Uint8Array[] = []
  for (const { type, data } of decodeChunks(png, crc32)) {
    if (!header && type !== 'IHDR') throw new MalformedPng('header', 'The PNG does not begin with its header.')
    if (type === 'IHDR') header = readHeader(data)
    else if (type === 'PLTE') colors = data
    else if (type === 'tRNS') transparency = data
    else if (type === 'IDAT') packed.push(data)
  }
  if (!header || packed.length === 0) throw new MalformedPng('no_pixels', 'The PNG has no pixels.')
  return {
    ...header,
    palette: header.kind === 'indexed' ? readPalette(colors, transparency) : new Uint32Array(0),
    transparent: transparency && (header.kind === 'gray' || header.kind === 'rgb') ? readSamples(transparency, header.channels) : null,
    packed: concatenated(packed),
  }
}

const concatenated = (parts: readonly Uint8Array[]): Uint8Array => {
  if (parts.length === 1 && parts[0]) return parts[0]
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const readHeader = (data: Uint8Array) => {
  if (data.length !== 13) throw new MalformedPng('header', 'The header of the PNG has the wrong length.')
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const width = view.getUint32(0)
  const height = view.getUint32(4)
  const depth = view.getUint8(8)
  const known = kinds[view.getUint8(9)]
  const interlace = view.getUint8(12)
  const valid = width > 0 && height > 0 && known?.depths.includes(depth) && view.getUint16(10) === 0 && interlace <= 1
  if (!known || !valid) throw new MalformedPng('header', 'The header of the PNG is not valid.')
  return { width, height, depth, kind: known.kind, channels: known.channels, interlaced: interlace === 1 }
}

const readPalette = (colors: Uint8Array | null, transparency: Uint8Array | null) => {
  if (!colors || colors.length === 0 || colors.length % 3 !== 0 || colors.length > 768) {
    throw new MalformedPng('palette', 'The palette of the PNG is missing or has the wrong length.')
  }
  return Uint32Array.from({ length: colors.length / 3 }, (_, i) => {
    const [red = 0, green = 0, blue = 0] = colors.subarray(i * 3)
    return ((transparency?.[i] ?? 255) << 24) | (red << 16) | (green << 8) | blue
  })
}

const readSamples = (data: Uint8Array, count: number) => {
  if (data.length !== count * 2) throw new MalformedPng('palette', 'The transparent colour of the PNG has the wrong length.')
  return Array.from({ length: count }, (_, i) => ((data[i * 2] ?? 0) << 8) | (data[i * 2 + 1] ?? 0))
}
