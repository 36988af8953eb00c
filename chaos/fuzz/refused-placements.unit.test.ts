import { expect, test } from 'vitest'
import { colorIndex } from '../../lib/palette.ts'
import { batchSchema, pixelSchema, placeSchema } from '../../server/placement/place-schemas.ts'
import { Random } from '../random.ts'
import { testTarget } from './fuzz.fixture.ts'
import { refusedBatch, refusedPlacement } from './refused-placements.ts'

const { width, height, palette } = testTarget.canvas

const isPaintable = ({ gx, gy, color }: { gx: number; gy: number; color: string | number }) =>
  gx >= 0 && gx < width && gy >= 0 && gy < height && colorIndex(palette, color) !== null

test('no placement that the fuzzer sends can paint', () => {
  const random = new Random(1)
  for (let count = 0; count < 10_000; count++) {
    const body = refusedPlacement(random, testTarget)
    const { data } = placeSchema.safeParse(JSON.parse(body))
    expect(data?.canvas === 'main' && isPaintable(data), body.slice(0, 300)).toBe(false)
  }
})

test('no pixel of a batch that the fuzzer sends can be painted', () => {
  const random = new Random(2)
  for (let count = 0; count < 1_000; count++) {
    const body = refusedBatch(random, testTarget)
    const { data } = batchSchema.safeParse(JSON.parse(body))
    for (const pixel of data?.pixels ?? []) {
      const parsed = pixelSchema.safeParse(pixel)
      expect(parsed.success && isPaintable(parsed.data), body.slice(0, 300)).toBe(false)
    }
  }
})
