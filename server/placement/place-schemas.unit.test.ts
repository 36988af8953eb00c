import { expect, test } from 'vitest'
import { batchSchema } from './place-schemas.ts'

test('a batch has 256 pixels, and one more is refused', () => {
  const accepts = (count: number) => batchSchema.safeParse({ pixels: Array(count).fill({ gx: 0, gy: 0, color: 1 }) }).success
  expect([accepts(0), accepts(1), accepts(256), accepts(257)]).toEqual([false, true, true, false])
})
