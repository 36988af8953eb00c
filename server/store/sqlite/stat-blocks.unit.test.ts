import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellsByBlock } from '../../../lib/stats.ts'
import { addToBlock, cellsOf } from './stat-blocks.ts'

/** Of the largest canvas: 1,024 × 1,024 cells. */
const cell = fc.oneof(fc.nat(1_024 * 1_024 - 1), fc.constantFrom(0, 7, 8, 1_023, 1_024, 7 * 1_024 + 7, 8 * 1_024, 1_024 * 1_024 - 1))
const counts = fc.uniqueArray(fc.tuple(cell, fc.integer({ min: 1, max: 1_000_000 })), { selector: ([of]) => of, maxLength: 50 })

test('counts that are added to blocks repeatedly sum up for each cell', () => {
  fc.assert(
    fc.property(fc.array(counts, { maxLength: 5 }), (parts) => {
      const kept = new Map<number, Uint8Array>()
      const sums = new Map<number, number>()
      for (const part of parts) {
        for (const [of, count] of part) sums.set(of, (sums.get(of) ?? 0) + count)
        for (const [block, added] of cellsByBlock(new Map(part))) kept.set(block, addToBlock(kept.get(block) ?? null, added))
      }
      expect(new Map([...kept].flatMap(([block, bytes]) => [...cellsOf(block, bytes)]))).toEqual(sums)
    }),
  )
})
