import { expect, test } from 'vitest'
import { testCanvas } from '../store/store.fixture.ts'
import { batchFingerprint, pixelFingerprint } from './fingerprint.ts'

const canvas = testCanvas()

test('all notations of a color have the same fingerprint', () => {
  const same = ['#ff0000', '#FF0000', '#Ff0000', 1].map((color) => pixelFingerprint(canvas, { gx: 1, gy: 2, color }))
  expect(new Set(same).size).toBe(1)
})

test('requests that differ have different fingerprints', () => {
  const all = [
    pixelFingerprint(canvas, { gx: 1, gy: 2, color: 1 }),
    pixelFingerprint(canvas, { gx: 2, gy: 1, color: 1 }),
    pixelFingerprint(canvas, { gx: 1, gy: 21, color: 1 }),
    pixelFingerprint(canvas, { gx: 12, gy: 1, color: 1 }),
    pixelFingerprint(canvas, { gx: 1, gy: 2, color: 2 }),
    pixelFingerprint(canvas, { gx: 1, gy: 2, color: '#123456' }),
    pixelFingerprint(canvas, { gx: 1, gy: 2, color: 99 }),
    pixelFingerprint({ ...canvas, id: 'other' as typeof canvas.id }, { gx: 1, gy: 2, color: 1 }),
  ]
  expect(new Set(all).size).toBe(all.length)
})

test('the fingerprint of a batch covers all its pixels in order, including malformed ones', () => {
  const [a, b] = [
    { gx: 1, gy: 2, color: 1 },
    { gx: 3, gy: 4, color: 1 },
  ] as const
  expect(batchFingerprint(canvas, [a, b])).toBe(batchFingerprint(canvas, [{ ...a, color: '#ff0000' }, b]))
  const all = [[a, b], [b, a], [a], [a, null, b], [a, b, null], [null]].map((pixels) => batchFingerprint(canvas, pixels))
  expect(new Set(all).size).toBe(all.length)
  expect(batchFingerprint(canvas, [a])).not.toBe(pixelFingerprint(canvas, a))
})
