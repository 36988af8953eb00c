/** What a projector makes of the log. Each call can be repeated, by anybody: the store counts a commit once. */

import type { Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { TileRef } from '../store/port.ts'

export interface Projection {
  readonly name: 'history' | 'stats' | 'snapshots'
  /** Takes in commits of one tile, ascending. What lacks before them is read from the store; what is known is passed over. */
  project(canvas: Canvas, ref: TileRef, commits: readonly SequencedCommit[], signal?: AbortSignal): Promise<void>
  /** Brings the canvas's tiles up to `heads`, from the store. Both reject soon after the signal: there can be hours of log to read. */
  catchUp(canvas: Canvas, heads: ReadonlyMap<TileRef['tile'], Seq>, signal?: AbortSignal): Promise<void>
  /** Goes on without this commit, if it is the next one. Answers whether it was. */
  skip(canvas: Canvas, commit: SequencedCommit): Promise<boolean>
}
