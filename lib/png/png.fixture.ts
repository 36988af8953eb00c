/** Encodes PNGs of every depth, color type, filter and interlacing for tests, also invalid ones. */
import { zlibSync } from 'fflate'
import { type Chunk, encodeChunk, pngSignature } from './png-chunks.ts'

export const colorTypes = { gray: 0, rgb: 2, indexed: 3, gray_alpha: 4, rgba: 6 } as const
export const channelCounts = { gray: 1, rgb: 3, indexed: 1, gray_alpha: 2, rgba: 4 } as const

export interface TestPicture {
  readonly width: number
  readonly height: number
  readonly kind: keyof typeof colorTypes
  readonly depth: number
  /** `width × height × channels` numbers, row by row. */
  readonly samples: readonly number[]
  readonly interlaced?: boolean
  /** The filter of the n-th scanline, 0 to 4. */
  readonly filterOf?: (line: number) => number
  /** Chunks between the header and the pixels, such as `PLTE`. */
  readonly chunks?: readonly Chunk[]
}

export const pngOf = (chunks: readonly Chunk[]) => Buffer.concat([pngSignature, ...chunks.map((chunk) => encodeChunk(chunk))])

export const headerChunk = (picture: Omit<TestPicture, 'samples'>): Chunk => {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(picture.width, 0)
  data.writeUInt32BE(picture.height, 4)
  data.set([picture.depth, colorTypes[picture.kind], 0, 0, picture.interlaced ? 1 : 0], 8)
  return { type: 'IHDR', data }
}

export const endChunk: Chunk = { type: 'IEND', data: new Uint8Array(0) }

export const encodeTestPng = (picture: TestPicture) =>
  pngOf([headerChunk(picture), ...(picture.chunks ?? []), { type: 'IDAT', data: zlibSync(scanlines(picture)) }, endChunk])

/** `[x0, y0, dx, dy]` of each pass. */
const passes = {
  whole: [[0, 0, 1, 1]],
  adam7: [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ],
} as const

export const scanlines = ({ width, height, kind, depth, samples, interlaced = false, filterOf = () => 0 }: TestPicture) => {
  const channels = channelCounts[kind]
  const bytesPerPixel = Math.max(1, (channels * depth) / 8)
  const lines: Uint8Array[] = []
  for (const [x0, y0, dx, dy] of interlaced ? passes.adam7 : passes.whole) {
    let above: Uint8Array | null = null
    for (let y = y0; y < height && x0 < width; y += dy) {
      const bits: string[] = []
      for (let x = x0; x < width; x += dx) {
        for (let c = 0; c < channels; c++) bits.push((samples[(y * width + x) * channels + c] ?? 0).toString(2).padStart(depth, '0'))
      }
      const raw = Uint8Array.from(bits.join('').match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, '0'), 2))
      lines.push(filtered({ raw, above: above ?? new Uint8Array(raw.length), bytesPerPixel, filter: filterOf(lines.length) }))
      above = raw
    }
  }
  return Buffer.concat(lines)
}

/** Filters as the specification defines them (section 9.2), one byte at a time. */
const filtered = (options: { raw: Uint8Array; above: Uint8Array; bytesPerPixel: number; filter: number }) => {
  const { raw, above, bytesPerPixel, filter } = options
  const line = new Uint8Array(raw.length + 1)
  line[0] = filter
  for (const [i, x] of raw.entries()) {
    const a = raw[i - bytesPerPixel] ?? 0
    const b = above[i] ?? 0
    const c = i < bytesPerPixel ? 0 : (above[i - bytesPerPixel] ?? 0)
    const p = a + b - c
    const nearestOfThree = [a, b, c].reduce((best, each) => (Math.abs(p - each) < Math.abs(p - best) ? each : best))
    line[i + 1] = x - ([0, a, b, Math.floor((a + b) / 2), nearestOfThree][filter] ?? 0)
  }
  return line
}
