/**
 * A tile's bytes at a seq: what the fold of its log gives, one palette index per pixel by position.
 *
 * A4 rests on this file: gateways, browsers, the audit and the export all fold with these functions.
 */
import type { Epoch, Seq } from './brand.ts'
import { asSeq, noSeq } from './brand.ts'
import type { Commit, SequencedCommit } from './commit.ts'

export interface Board {
  readonly epoch: Epoch
  /** The last commit that the colours include, 0 for none. */
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

/** Applies a commit when it is the next one; otherwise says why not and changes nothing (A3). */
export const applyCommit = (board: Board, commit: Pick<SequencedCommit, 'epoch' | 'seq' | 'pixels'>): Applied => {
  if (commit.epoch !== board.epoch) return 'other_epoch'
  if (commit.seq <= board.seq) return 'duplicate'
  if (commit.seq > board.seq + 1) return 'gap'
  for (const { position, color } of commit.pixels) board.colors[position] = color
  board.seq = asSeq(commit.seq)
  return 'applied'
}

/**
 * Takes commits back that colours read from `pixels` already hold but that have no seq yet, newest first, by the previous
 * colours that they carry. What is left is exactly the board at the head.
 */
export const undoCommits = (colors: Uint8Array, newestFirst: readonly Pick<Commit, 'pixels'>[]) => {
  for (const commit of newestFirst) {
    for (const { position, previous } of commit.pixels) colors[position] = previous
  }
}
