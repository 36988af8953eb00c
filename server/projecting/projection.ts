/** What a projector feeds with commits. Any process may repeat each call, because the store counts a commit once. */
import type { Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { TileRef } from '../store/port.ts'

export interface Projection {
  readonly name: 'history' | 'stats' | 'profiles' | 'snapshots' | 'templates' | 'webhooks'
  /** Saves ascending commits of one tile. Reads missing earlier ones from the store, and drops known ones. */
  project(canvas: Canvas, ref: TileRef, commits: readonly SequencedCommit[], signal?: AbortSignal): Promise<void>
  /** Saves the canvas's commits up to `heads` from the store. Like `project`, it rejects soon after the signal. */
  catchUp(canvas: Canvas, heads: ReadonlyMap<TileRef['tile'], Seq>, signal?: AbortSignal): Promise<void>
  /** Continues without this commit if it is the next one. Returns whether it was. */
  skip(canvas: Canvas, commit: SequencedCommit): Promise<boolean>
}
