import { expect, test } from 'vitest'
import { asSeq } from './brand.ts'
import { classify } from './client-rule.ts'

test.each([
  [0, 1, 1, 'apply'],
  [0, 1, 9, 'apply'],
  [5, 6, 6, 'apply'],
  [5, 3, 6, 'apply'],
  [5, 1, 9, 'apply'],
  [5, 5, 6, 'apply'],
  [5, 5, 5, 'drop'],
  [5, 1, 4, 'drop'],
  [5, 1, 5, 'drop'],
  [5, 7, 7, 'gap'],
  [5, 7, 99, 'gap'],
  [0, 2, 2, 'gap'],
  [null, 1, 1, 'keep'],
  [null, 9, 9, 'keep'],
] as const)('A3 a tile at %j given the commits %i to %i: %s', (seq, from, to, verdict) => {
  expect(classify(seq === null ? null : asSeq(seq), { from, to })).toBe(verdict)
})
