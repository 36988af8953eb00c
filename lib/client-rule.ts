/**
 * The client's rule (PROTOCOL.md): what to do with a frame `from..to` when the tile stands at a seq.
 *
 * A3 rests on it: a client never applies a commit twice and never out of order. The page, the crowd and the simulation use it through
 * `TileFollower`, the benchmarks' watchers directly. The fault harness (chaos/) has a second implementation on purpose, to check this one.
 */
import type { Seq } from './brand.ts'

export interface SeqRange {
  readonly from: number
  readonly to: number
}

export type Verdict =
  /** The next commits, perhaps with some that are known already: apply the colours, the tile stands at `to`. */
  | 'apply'
  /** All of it is known. */
  | 'drop'
  /** Something is missing in between: join again with the seq that the tile stands at. */
  | 'gap'
  /** The board is not there yet: keep the frame and classify it again then. */
  | 'keep'

export const classify = (seq: Seq | null, { from, to }: SeqRange): Verdict => {
  if (seq === null) return 'keep'
  if (to <= seq) return 'drop'
  return from <= seq + 1 ? 'apply' : 'gap'
}
