/**
 * The packed form of a frame (PROTOCOL.md, "Packed data"): one byte `b`, a varint `n`, `n` gaps, `n` colors of `b` bits.
 *
 * Positions ascend, so most gaps fit in one byte. Colors take only the bits that the frame needs. At 1,000 pixels a second a pixel
 * takes 3 bytes, compared with 41 in the smallest JSON.
 *
 * Varints are unsigned LEB128 (DWARF 5, 7.6). Colors are packed from the least significant bit.
 */
export interface PackedPixels {
  /** Ascending, each position once. */
  readonly positions: Uint32Array
  /** Palette indices, one for each position. */
  readonly colors: Uint8Array
}

export class MalformedFrame extends Error {
  readonly code = 'malformed_frame'
}

const bitsFor = (colors: Uint8Array) => {
  let all = 0
  for (const color of colors) all |= color
  return Math.max(1, 32 - Math.clz32(all))
}

const varintLength = (value: number) => {
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++
  return length
}

/** The positions must ascend, and there must be one color for each. */
export const encodePixels = ({ positions, colors }: PackedPixels): Uint8Array => {
  const n = positions.length
  const bits = bitsFor(colors)
  let size = 1 + varintLength(n) + Math.ceil((n * bits) / 8)
  let before = 0
  for (const position of positions) {
    size += varintLength(position - before)
    before = position
  }
  const bytes = new Uint8Array(size)
  bytes[0] = bits
  let offset = writeVarint(bytes, 1, n)
  before = 0
  for (const position of positions) {
    offset = writeVarint(bytes, offset, position - before)
    before = position
  }
  let bit = offset * 8
  for (const color of colors) {
    const at = bit >> 3
    const shifted = color << (bit & 7)
    bytes[at] = (bytes[at] ?? 0) | (shifted & 0xff)
    if (shifted > 0xff) bytes[at + 1] = (bytes[at + 1] ?? 0) | (shifted >> 8)
    bit += bits
  }
  return bytes
}

const writeVarint = (bytes: Uint8Array, start: number, value: number) => {
  let offset = start
  let rest = value
  while (rest >= 0x80) {
    bytes[offset++] = (rest & 0x7f) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  bytes[offset++] = rest
  return offset
}

/** @throws {MalformedFrame} unless the bytes are exactly one frame of positions below `cells` (the tile size squared). */
export const decodePixels = (bytes: Uint8Array, cells: number): PackedPixels => {
  const bits = bytes[0] ?? 0
  if (bits < 1 || bits > 8) throw new MalformedFrame(`bits per color must be 1 to 8, got ${bits}`)
  const reader = { offset: 1 }
  const n = readVarint(bytes, reader)
  // A pixel takes more than a byte. A frame that claims more pixels than it has bytes must not use memory.
  if (n > bytes.length) throw new MalformedFrame(`${n} pixels do not fit in ${bytes.length} bytes`)
  const positions = new Uint32Array(n)
  let position = 0
  for (let i = 0; i < n; i++) {
    const gap = readVarint(bytes, reader)
    if (i > 0 && gap === 0) throw new MalformedFrame('a position appears twice')
    position += gap
    if (position >= cells) throw new MalformedFrame(`position ${position} is outside the tile`)
    positions[i] = position
  }
  if (bytes.length !== reader.offset + Math.ceil((n * bits) / 8)) throw new MalformedFrame('wrong length')
  const colors = new Uint8Array(n)
  const mask = (1 << bits) - 1
  let bit = reader.offset * 8
  for (let i = 0; i < n; i++) {
    const at = bit >> 3
    const pair = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
    colors[i] = (pair >> (bit & 7)) & mask
    bit += bits
  }
  return { positions, colors }
}

const readVarint = (bytes: Uint8Array, reader: { offset: number }) => {
  let value = 0
  for (let scale = 1; scale < 2 ** 35; scale *= 0x80) {
    const byte = bytes[reader.offset++]
    if (byte === undefined) throw new MalformedFrame('the frame ends too early')
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return value
  }
  throw new MalformedFrame('a number is too long')
}
