import { expect, test } from 'vitest'
import { asCanvasId, asCommitId, asEpoch, asPainterId, asPosition, asSeq, asTile } from './brand.ts'
import type { CommitKind, SequencedCommit } from './commit.ts'
import { activityOf, blockOf, cellOf, countStats } from './stats.ts'

const commit = (options: {
  tile?: number
  atMs: number
  by: string
  positions: readonly number[]
  cause?: CommitKind
}): SequencedCommit => ({
  id: asCommitId('commit-0'),
  canvas: asCanvasId('main'),
  epoch: asEpoch('epoch001'),
  tile: asTile(options.tile ?? 0),
  seq: asSeq(1),
  atMs: options.atMs,
  cause: options.cause ?? 'paint',
  pixels: options.positions.map((position) => ({ position: asPosition(position), color: 1, previous: 0, by: asPainterId(options.by) })),
})

test('painters, minutes and cells are counted by pixel', () => {
  const { painters, minutes, cells } = countStats(
    [
      commit({ atMs: 59_999, by: 'p_a', positions: [0, 15, 16] }),
      commit({ atMs: 60_000, by: 'p_b', positions: [64 * 16], tile: 1 }),
      commit({ atMs: 60_000, by: 'p_admin', positions: [1, 2], cause: 'picture' }),
      commit({ atMs: 60_000, by: 'p_a', positions: [], cause: 'skipped' }),
    ],
    { tileSize: 64 },
  )
  expect([...painters]).toEqual([
    ['p_a', 3],
    ['p_b', 1],
  ])
  expect([...minutes]).toEqual([
    [0, 3],
    [60_000, 1],
  ])
  expect([...cells]).toEqual([
    [0, 2],
    [1, 1],
    [1_024 + 4, 1],
  ])
})

test('U3: the undo of a pixel that repeated the color below takes nothing from its painter, because it had earned nothing', () => {
  const paint = commit({ atMs: 0, by: 'p_a', positions: [0] })
  const again = { ...paint, pixels: paint.pixels.map((pixel) => ({ ...pixel, previous: pixel.color })) }
  const undone = {
    ...again,
    cause: 'undo' as const,
    pixels: again.pixels.map((pixel) => ({ ...pixel, undoes: { by: asPainterId('p_a'), atMs: 0 } })),
  }
  expect(countStats([paint, again, undone], { tileSize: 64 }).painters.get(asPainterId('p_a'))).toBe(1)
})

test('U3: an undo takes a pixel from its painter only, and never twice', () => {
  const paint = commit({ atMs: 0, by: 'p_a', positions: [0, 1] })
  const undone = (by: string) => ({
    ...commit({ atMs: 1, by: 'p_b', positions: [0], cause: 'undo' }),
    pixels: paint.pixels.slice(0, 1).map((pixel) => ({ ...pixel, by: asPainterId('p_b'), undoes: { by: asPainterId(by), atMs: 0 } })),
  })
  const { painters, minutes, cells } = countStats([paint, undone('p_a')], { tileSize: 64 })
  expect([...painters]).toEqual([
    ['p_a', 1],
    ['', 1],
  ])
  expect([[...minutes.values()], [...cells.values()]]).toEqual([[2], [2]])
  // What never counted for a painter.
  expect([...countStats([paint, undone('')], { tileSize: 64 }).painters]).toEqual([['p_a', 2]])
})

test('activity is listed row by row, also for a canvas that ends inside a cell', () => {
  const cells = new Map([
    [cellOf({ gx: 0, gy: 0 }), 1],
    [cellOf({ gx: 32, gy: 0 }), 2],
    [cellOf({ gx: 0, gy: 16 }), 3],
    [cellOf({ gx: 33, gy: 16 }), 4],
    // Outside the canvas, which was larger once.
    [cellOf({ gx: 200, gy: 200 }), 9],
  ])
  expect(activityOf(cells, { width: 34, height: 17 })).toEqual({ cell: 16, width: 3, height: 2, counts: [1, 0, 2, 3, 0, 4] })
})

test('a block is a square of eight cells a side, and no two squares share one', () => {
  const at = (column: number, row: number) => blockOf(cellOf({ gx: column * 16, gy: row * 16 }))
  expect([at(0, 0), at(7, 7), at(8, 0), at(7, 8), at(1_023, 0), at(1_023, 1_023)]).toEqual([0, 0, 1, 128, 127, 16_383])
})
