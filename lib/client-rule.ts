/**
 * The client rule (PROTOCOL.md): what a client does with a frame `from..to` while its tile is at a seq. A client that follows it
 * never applies a commit twice or out of order (A3).
 *
 * The page, the crowd and the simulation use it through `TileFollower`, the benchmarks' watchers directly. The fault harness
 * (chaos/) has its own implementation on purpose, to check this one.
 */
import type { Seq } from './brand.ts'

export interface SeqRange {
  readonly from: number
  readonly to: number
}

export type Verdict =
  /** The frame has the next commits, perhaps with known ones. The client applies it, and the tile is at `to`. */
  | 'apply'
  /** All commits are known. */
  | 'drop'
  /** Commits before the frame are missing. The client joins again with its seq. */
  | 'gap'
  /** The board is not loaded yet. The client keeps the frame and classifies it again then. */
  | 'keep'

export const classify = (seq: Seq | null, { from, to }: SeqRange): Verdict => {
  if (seq === null) return 'keep'
  if (to <= seq) return 'drop'
  return from <= seq + 1 ? 'apply' : 'gap'
}
