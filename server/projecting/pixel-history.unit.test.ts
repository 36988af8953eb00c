import { expect, test } from 'vitest'
import { asPosition, asSeq, asTile } from '../../lib/brand.ts'
import { nobody } from '../../lib/painter.ts'
import type { PixelEntry } from '../../lib/pixel-fold.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { streamCommit } from '../stream/contract.ts'
import { readPixelHistory } from './pixel-history.ts'

const canvas = testCanvas()
const ref = { canvas: canvas.id, tile: asTile(0), position: asPosition(0) }
const unsequenced = { color: 3, previous: 0, by: nobody, atMs: 9_999, cause: 'paint', undoesAtMs: null } satisfies PixelEntry

/** The history of a pixel whose projection is `behind` commits behind the log, with one commit that has no seq. */
const historyOf = async (behind: number) => {
  const { entries } = await readPixelHistory(
    {
      readUnsequencedPixels: async () => [unsequenced],
      readCommits: async ({ after, limit }) => {
        const commits = Array.from({ length: Math.min(behind, limit) }, (_, index) => streamCommit(after + index + 1, { pixels: [] }))
        return { kind: 'page', epoch: canvas.epoch, head: asSeq(after + behind), commits }
      },
      projections: { readCursors: async () => new Map(), readHistory: async () => [] },
    },
    { canvas, ref, limit: 50, beforeMs: null },
  )
  return entries.map(({ atMs }) => atMs)
}

test('A6 a history that is 1,000 commits ahead of its projection is whole', async () => {
  expect(await historyOf(1_000)).toEqual([unsequenced.atMs])
})

test('A6 further ahead, the newest entries wait for the projection', async () => {
  expect(await historyOf(1_001)).toEqual([])
})
