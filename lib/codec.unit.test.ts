import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesFromBase64 } from './base64.ts'
import { decodePixels, encodePixels, MalformedFrame, type PackedPixels } from './codec.ts'
import vectors from './codec-vectors.json' with { type: 'json' }

const packed = (positions: readonly number[], colors: readonly number[]): PackedPixels => ({
  positions: Uint32Array.from(positions),
  colors: Uint8Array.from(colors),
})

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Frames with 0 to 300 pixels of a tile, near each other and far apart, with palettes of any size. */
const frames = fc
  .record({ tileSize: fc.constantFrom(64, 128, 256, 512, 1_024), colorCount: fc.integer({ min: 2, max: 256 }) })
  .chain(({ tileSize, colorCount }) =>
    fc.record({
      cells: fc.constant(tileSize * tileSize),
      colorCount: fc.constant(colorCount),
      pixels: fc.uniqueArray(fc.tuple(fc.nat(tileSize * tileSize - 1), fc.nat(colorCount - 1)), {
        selector: ([position]) => position,
        maxLength: 300,
      }),
    }),
  )
  .map(({ cells, colorCount, pixels }) => {
    pixels.sort(([a], [b]) => a - b)
    return {
      cells,
      colorCount,
      ...packed(
        pixels.map(([position]) => position),
        pixels.map(([, color]) => color),
      ),
    }
  })

describe('the packed codec', () => {
  test('decodes every frame that it has encoded', () => {
    fc.assert(
      fc.property(frames, ({ cells, positions, colors }) => {
        expect(decodePixels(encodePixels({ positions, colors }), cells)).toEqual({ positions, colors })
      }),
    )
  })

  test('uses as many bits for a color as the largest one needs, and no extra byte', () => {
    fc.assert(
      fc.property(frames, ({ positions, colors }) => {
        const bytes = encodePixels({ positions, colors })
        const bits = Math.max(1, Math.max(0, ...colors).toString(2).length)
        const varint = (value: number) => Math.max(1, Math.ceil(value.toString(2).length / 7))
        const gaps = [...positions].reduce((sum, position, i) => sum + varint(position - (positions[i - 1] ?? 0)), 0)
        expect(bytes[0]).toBe(bits)
        expect(bytes.length).toBe(1 + varint(positions.length) + gaps + Math.ceil((positions.length * bits) / 8))
      }),
    )
  })

  test('packs a whole tile of the largest size', () => {
    const cells = 1_024 * 1_024
    const positions = Uint32Array.from({ length: cells }, (_, i) => i)
    const colors = Uint8Array.from({ length: cells }, (_, i) => (i * 7) & 31)
    const unpacked = decodePixels(encodePixels({ positions, colors }), cells)
    // Not `toEqual`: a difference of a million numbers takes minutes to print.
    expect(Buffer.compare(Buffer.from(unpacked.positions.buffer), Buffer.from(positions.buffer))).toBe(0)
    expect(Buffer.compare(unpacked.colors, colors)).toBe(0)
  })

  test('decodes any bytes to a frame within the tile or to MalformedFrame', () => {
    let malformed = 0
    const outside = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(frames, fc.nat(), fc.integer({ min: 1, max: 255 })).map(([frame, at, flip]) => {
        const bytes = encodePixels(frame)
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip
        return bytes
      }),
      fc.tuple(frames, fc.nat()).map(([frame, length]) => encodePixels(frame).subarray(0, length % 20)),
    )
    fc.assert(
      fc.property(outside, (bytes) => {
        try {
          const { positions, colors } = decodePixels(bytes, 4_096)
          expect(colors.length).toBe(positions.length)
          for (const [i, position] of positions.entries()) {
            expect(position).toBeLessThan(4_096)
            if (i > 0) expect(position).toBeGreaterThan(positions[i - 1] as number)
          }
        } catch (error) {
          if (!(error instanceof MalformedFrame)) throw error
          malformed++
        }
      }),
      { numRuns: 2_000 },
    )
    expect(malformed).toBeGreaterThan(100)
  })
})

describe('the test vectors for clients in other languages', () => {
  test.each(vectors.valid)('are encoded and decoded: $name', ({ tileSize, positions, colors, hex: bytes, base64 }) => {
    expect(hex(encodePixels(packed(positions, colors)))).toBe(bytes)
    expect(decodePixels(Buffer.from(bytes, 'hex'), tileSize * tileSize)).toEqual(packed(positions, colors))
    expect(hex(bytesFromBase64(base64))).toBe(bytes)
  })

  test.each(vectors.accepted)(
    'are decoded, although Fresco encodes them in fewer bytes: $name',
    ({ tileSize, positions, colors, hex: bytes, base64 }) => {
      expect(decodePixels(Buffer.from(bytes, 'hex'), tileSize * tileSize)).toEqual(packed(positions, colors))
      expect(hex(encodePixels(packed(positions, colors)))).not.toBe(bytes)
      expect(hex(bytesFromBase64(base64))).toBe(bytes)
    },
  )

  test.each(vectors.malformed)('are rejected: $name', ({ tileSize, hex: bytes, base64 }) => {
    expect(() => decodePixels(Buffer.from(bytes, 'hex'), tileSize * tileSize)).toThrow(MalformedFrame)
    expect(hex(bytesFromBase64(base64))).toBe(bytes)
  })

  test('include the example of the protocol', () => {
    expect(vectors.valid[0]).toMatchObject({ positions: [3, 200], colors: [5, 1], hex: '030203c5010d', base64: 'AwIDxQEN' })
  })
})

describe('base64', () => {
  test('is decoded to its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesFromBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes)
      }),
    )
  })

  test.each(['A', 'AwID*QEN', 'ä', '='])('is malformed: %j', (text) => {
    expect(() => bytesFromBase64(text)).toThrow(MalformedFrame)
  })
})
