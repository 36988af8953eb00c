/**
 * Counts by cell as SQLite stores them: a row for a block of cells, with each cell's count as `u32`, little endian, in the order of `indexInBlock`. A
 * row for each cell would need about one update for each pixel.
 */
import { type CellNumber, cellOfBlock, cellsPerBlock, indexInBlock } from '../../../lib/stats.ts'

const countBytes = 4

/** `before`: null for a block without counts. */
export const addToBlock = (before: Uint8Array | null, added: readonly [cell: CellNumber, placed: number][]): Uint8Array => {
  const sums = new Uint8Array(cellsPerBlock * countBytes)
  if (before) sums.set(before)
  const view = new DataView(sums.buffer)
  for (const [cell, placed] of added) {
    const offset = indexInBlock(cell) * countBytes
    view.setUint32(offset, view.getUint32(offset, true) + placed, true)
  }
  return sums
}

/** The counts that are not zero. */
export const cellsOf = function* (block: number, counts: Uint8Array): Generator<[CellNumber, number]> {
  const view = new DataView(counts.buffer, counts.byteOffset, counts.byteLength)
  for (let index = 0; index < cellsPerBlock; index++) {
    const count = view.getUint32(index * countBytes, true)
    if (count > 0) yield [cellOfBlock(block, index), count]
  }
}
