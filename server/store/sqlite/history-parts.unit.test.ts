import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asCanvasId, asCommitId, asEpoch, asPainterId, asPosition, asSeq, asTile } from '../../../lib/brand.ts'
import type { SequencedCommit } from '../../../lib/commit.ts'
import { partsByPosition } from './history-parts.ts'

const commit = (seq: number, positions: readonly number[]): SequencedCommit => ({
  id: asCommitId(`group00${seq}-0`),
  canvas: asCanvasId('main'),
  epoch: asEpoch('epoch001'),
  tile: asTile(0),
  atMs: seq,
  cause: 'paint',
  seq: asSeq(seq),
  pixels: positions.map((position) => ({ position: asPosition(position), color: seq % 16, previous: 0, by: asPainterId('p_a') })),
})

/** Few positions, so that many are painted more than once, and the largest possible one. */
const positions = fc.uniqueArray(fc.oneof(fc.nat(20), fc.constant(4_096 * 4_096 - 1)), { maxLength: 12 })
const commits = fc.array(positions, { maxLength: 8 }).map((all) => all.map((each, index) => commit(index + 1, each)))

/** Each pixel with the fields of its commit that history stores. */
const rowsOf = (part: readonly SequencedCommit[]) =>
  part
    .flatMap(({ pixels, ...rest }) => pixels.map((pixel) => ({ ...rest, ...pixel })))
    .sort((a, b) => a.position - b.position || a.seq - b.seq)

test('every pixel is in exactly one part, and the parts are in the order of position', () => {
  fc.assert(
    fc.property(commits, fc.integer({ min: 1, max: 10 }), (all, size) => {
      const parts = partsByPosition(all, size)
      expect(parts.flatMap(rowsOf)).toEqual(rowsOf(all))
      const pixels = all.reduce((sum, { pixels: each }) => sum + each.length, 0)
      expect(parts).toHaveLength(Math.max(1, Math.ceil(pixels / size)))
      for (const part of parts) expect(rowsOf(part).length).toBeLessThanOrEqual(size)
    }),
  )
})

test('no commits make one empty part', () => {
  expect(partsByPosition([], 500)).toEqual([[]])
})
