import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asPainterId, asPosition } from '../../lib/brand.ts'
import type { CommitPixel } from '../../lib/commit.ts'
import { nobody } from '../../lib/painter.ts'
import { countBlobPixels, decodePixelBlob, encodePixelBlob, isPixelBlob } from './pixel-blob.ts'

const painter = fc.constantFrom(asPainterId('p_ann'), asPainterId('p_bob'), asPainterId('p_9h6htztti52bxcvz'), nobody)
const color = fc.integer({ min: 0, max: 255 })
const pixel = fc.record({ position: fc.integer({ min: 0, max: 2 ** 20 - 1 }).map(asPosition), color, previous: color, by: painter })
const undoes = fc.record({ by: painter, atMs: fc.integer({ min: 0, max: 2 ** 45 }) })

test('the pixels of a commit come back from their bytes', () => {
  fc.assert(
    fc.property(fc.array(pixel), (pixels) => {
      const bytes = encodePixelBlob(pixels)
      expect(decodePixelBlob(bytes)).toEqual(pixels)
      expect([isPixelBlob(bytes), countBlobPixels(bytes)]).toEqual([true, pixels.length])
    }),
  )
})

test('U3: the pixels of undos come back with what they undo, and an older version reads the other fields', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(pixel, undoes)), (parts) => {
      const pixels: CommitPixel[] = parts.map(([each, undone]) => ({ ...each, undoes: undone }))
      const bytes = encodePixelBlob(pixels)
      expect(decodePixelBlob(bytes)).toEqual(pixels)
      expect([isPixelBlob(bytes), countBlobPixels(bytes)]).toEqual([true, pixels.length])
      // The fields of each pixel, as every version has written them.
      const plain = encodePixelBlob(parts.map(([each]) => each))
      const size = pixels.length * 8
      expect(bytes.slice(bytes.length - size)).toEqual(plain.slice(plain.length - size))
    }),
  )
})
