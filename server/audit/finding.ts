/** What an audit can find wrong, in words that a script can compare. */
import type { CanvasId, Seq, TileNumber } from '../../lib/brand.ts'

export const findingKinds = [
  /** Commits between two that are kept are missing, and none of them can have expired. */
  'hole',
  /** A commit that is not of the canvas's epoch. */
  'other_epoch',
  /** A commit says that it replaced another colour than the one that the log gives. */
  'previous_differs',
  /** A later commit of a pixel has an earlier time. */
  'order',
  /** The pixels in the database are not the fold of the log. */
  'pixel_differs',
  /** The board stands below a head that was read before it. */
  'tail_went_back',
  /** Commits have waited for longer than they may. */
  'not_published',
  /** The stream has commits that the store has not. */
  'stream_ahead',
] as const
export type FindingKind = (typeof findingKinds)[number]

export interface Finding {
  readonly kind: FindingKind
  readonly canvas: CanvasId
  /** Null when it concerns the whole canvas. */
  readonly tile: TileNumber | null
  readonly seq: Seq | null
  readonly detail: string
}
