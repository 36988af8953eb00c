/**
 * A tile's bytes at a seq: the fold of its log, with one palette index for each position.
 *
 * Gateways, browsers, the audit and the export all fold with these functions, so that all boards are equal (A4).
 */
import type { Epoch, Seq } from './brand.ts'
import { asSeq, noSeq } from './brand.ts'
import type { Commit, SequencedCommit } from './commit.ts'

export interface Board {
  readonly epoch: Epoch
  /** The last commit that the colors include; 0 if there is none. */
  seq: Seq
  /** `tileSize × tileSize` bytes. */
  readonly colors: Uint8Array
}

export const emptyBoard = (options: { epoch: Epoch; tileSize: number; background: number }): Board => ({
  epoch: options.epoch,
  seq: noSeq,
  colors: new Uint8Array(options.tileSize * options.tileSize).fill(options.background),
})

export type Applied = 'applied' | 'duplicate' | 'gap' | 'other_epoch'

/** Applies the next commit. Any other commit changes nothing, and the result says why (A3). */
export const applyCommit = (board: Board, commit: Pick<SequencedCommit, 'epoch' | 'seq' | 'pixels'>): Applied => {
  if (commit.epoch !== board.epoch) return 'other_epoch'
  if (commit.seq <= board.seq) return 'duplicate'
  if (commit.seq > board.seq + 1) return 'gap'
  for (const { position, color } of commit.pixels) board.colors[position] = color
  board.seq = asSeq(commit.seq)
  return 'applied'
}

/**
 * Takes back commits that have no seq yet from colors that were read from the pixels, newest first. The result is the board at
 * the head.
 */
export const undoCommits = (colors: Uint8Array, newestFirst: readonly Pick<Commit, 'pixels'>[]) => {
  for (const commit of newestFirst) {
    for (const { position, previous } of commit.pixels) colors[position] = previous
  }
}
