/**
 * Statistics of a canvas: how many pixels each painter placed, in which minutes and where. They are sums, so commits may be counted
 * in any parts if each is counted once.
 */
import type { PainterId } from './brand.ts'
import type { CommitPixel, SequencedCommit } from './commit.ts'
import { pointOf } from './geometry.ts'
import { nobody } from './painter.ts'

/** Activity is counted in square cells with this many pixels a side. */
export const activityCell = 16
export const minuteMs = 60_000
/** One day. */
export const statsMinutes = 1_440
export const statsPainters = 100

/** `cy × 1024 + cx`, which does not depend on the size of the canvas. A canvas is at most 16,384 pixels wide. */
export type CellNumber = number
const cellsPerRow = 1_024
export const cellOf = ({ gx, gy }: { gx: number; gy: number }): CellNumber =>
  Math.floor(gy / activityCell) * cellsPerRow + Math.floor(gx / activityCell)

/** A block is a square of this many cells a side. Stores keep one row for each block, because a row for each cell is expensive. */
const blockSide = 8
const blocksPerRow = cellsPerRow / blockSide
export const cellsPerBlock = blockSide * blockSide
export const blockOf = (cell: CellNumber): number =>
  Math.floor(cell / cellsPerRow / blockSide) * blocksPerRow + Math.floor((cell % cellsPerRow) / blockSide)
/** The index of a cell in its block, row by row, from 0. */
export const indexInBlock = (cell: CellNumber): number => (Math.floor(cell / cellsPerRow) % blockSide) * blockSide + (cell % blockSide)
export const cellOfBlock = (block: number, index: number): CellNumber =>
  (Math.floor(block / blocksPerRow) * blockSide + Math.floor(index / blockSide)) * cellsPerRow +
  (block % blocksPerRow) * blockSide +
  (index % blockSide)

/** The counts by cell of each block that has any. */
export const cellsByBlock = (cells: ReadonlyMap<CellNumber, number>): Map<number, [cell: CellNumber, placed: number][]> => {
  const blocks = new Map<number, [CellNumber, number][]>()
  for (const [cell, placed] of cells) {
    const known = blocks.get(blockOf(cell))
    if (known) known.push([cell, placed])
    else blocks.set(blockOf(cell), [[cell, placed]])
  }
  return blocks
}
export const sumOfCells = (cells: readonly [cell: CellNumber, placed: number][]): number =>
  cells.reduce((sum, [, placed]) => sum + placed, 0)

export interface StatsDelta {
  /** With `nobody`. */
  readonly painters: ReadonlyMap<PainterId, number>
  /** By the start of the minute, in milliseconds since the Unix epoch. */
  readonly minutes: ReadonlyMap<number, number>
  readonly cells: ReadonlyMap<CellNumber, number>
}

const add = <Key>(counts: Map<Key, number>, key: Key, count: number) => counts.set(key, (counts.get(key) ?? 0) + count)

/** Pictures, rollbacks and fills of an operator do not count. */
export const countsForStats = ({ cause }: Pick<SequencedCommit, 'cause'>) => cause === 'paint'

/** Painting a pixel again in the color that it has earns nothing. */
export const earns = (commit: Pick<SequencedCommit, 'cause'>, { color, previous }: CommitPixel) =>
  countsForStats(commit) && color !== previous

/**
 * The painter for whom a placement counts no longer, because this pixel undoes it. Null for none, and for a placement that repeated the color below
 * and earned nothing. The minute and the area keep their counts.
 */
export const loserOf = ({ cause }: Pick<SequencedCommit, 'cause'>, { undoes, color, previous }: CommitPixel): PainterId | null =>
  cause === 'undo' && undoes && undoes.by !== nobody && color !== previous ? undoes.by : null

/** Pixels that earned nobody anything count for `nobody`, so that painters, minutes and cells have the same sum. */
export const countStats = (commits: readonly SequencedCommit[], { tileSize }: { tileSize: number }): StatsDelta => {
  const painters = new Map<PainterId, number>()
  const minutes = new Map<number, number>()
  const cells = new Map<CellNumber, number>()
  for (const commit of commits) {
    const { tile, atMs, pixels } = commit
    const minute = Math.floor(atMs / minuteMs) * minuteMs
    for (const pixel of pixels) {
      const loser = loserOf(commit, pixel)
      if (loser !== null) {
        add(painters, loser, -1)
        add(painters, nobody, 1)
      }
      if (!countsForStats(commit)) continue
      const { position, by } = pixel
      add(painters, earns(commit, pixel) ? by : nobody, 1)
      add(minutes, minute, 1)
      add(cells, cellOf(pointOf(tileSize, tile, position)), 1)
    }
  }
  return { painters, minutes, cells }
}

/** The counts by cell in rows, from the top left. */
export const activityOf = (cells: ReadonlyMap<CellNumber, number>, { width, height }: { width: number; height: number }) => {
  const columns = Math.ceil(width / activityCell)
  const rows = Math.ceil(height / activityCell)
  const counts = Array.from({ length: columns * rows }, (_, index) => {
    const cell = Math.floor(index / columns) * cellsPerRow + (index % columns)
    return cells.get(cell) ?? 0
  })
  return { cell: activityCell, width: columns, height: rows, counts }
}
