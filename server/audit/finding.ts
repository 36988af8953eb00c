/** What an audit can find wrong, in words that a script can compare. */
import type { CanvasId, Seq, TileNumber } from '../../lib/brand.ts'

export const findingKinds = [
  /** Commits between two that are kept are missing, and none of them can have expired. */
  'hole',
  /** Two commits of a tile have one seq. */
  'double',
  /** The pixels of a commit, or the bytes of a snapshot, cannot be decoded, or name what the tile has not. */
  'unreadable',
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
  /** A published commit is above its tile's durable head: when it expires, its number would come again. */
  'tail_low',
  /** Commits have waited for longer than they may. */
  'not_published',
  /** A commit holds up its tile: several attempts to publish it failed. */
  'stuck',
  /** The stream has commits that the store has not. */
  'stream_ahead',
  /** A snapshot is not the fold of the log at its seq. */
  'snapshot_differs',
  /** A snapshot is of a seq that the tile has not reached. */
  'snapshot_ahead',
  /** A projection has followed the log further than it goes. */
  'cursor_ahead',
  /** A commit's pixel is not in the history. */
  'history_missing',
  /** The history tells another colour, painter or cause than the log. */
  'history_differs',
  /** The history has a pixel that no commit of the log explains. */
  'history_extra',
  /** The numbers about who painted what are not those of the log. */
  'stats_differ',
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

/** Of a tile. */
export type Report = (kind: FindingKind, seq: number | null, detail: string) => void
