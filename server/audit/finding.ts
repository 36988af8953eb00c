/** The kinds of disagreement that an audit finds. Scripts compare them, so they do not change. */
import type { CanvasId, Seq, TileNumber } from '../../lib/brand.ts'

export const findingKinds = [
  /** Commits are missing between two kept ones, and cannot have expired. */
  'hole',
  /** Two commits of a tile have the same seq. */
  'double',
  /** The pixels of a commit or the bytes of a snapshot cannot be decoded, or are outside the tile or the palette. */
  'unreadable',
  /** A commit has another epoch than the canvas. */
  'other_epoch',
  /** The previous color in a commit is not the color in the log. */
  'previous_differs',
  /** A later commit of a pixel has an earlier time, or a later entry of the control log has no higher rev. */
  'order',
  /** The pixels in the database are not the fold of the log. */
  'pixel_differs',
  /** The canvas differs from the entry of its control log with the same rev. */
  'canvas_differs',
  /** The board is below a head that was read before it. */
  'tail_went_back',
  /** A published commit is above its tile's durable head, so its seq would be assigned again after it expires. */
  'tail_low',
  /** Commits wait too long for their publication. */
  'not_published',
  /** A commit blocks its tile, because several attempts to publish it failed. */
  'stuck',
  /** The stream has commits that the store lacks. */
  'stream_ahead',
  /** A snapshot is not the fold of the log at its seq. */
  'snapshot_differs',
  /** A snapshot's seq is above the tile's head. */
  'snapshot_ahead',
  /** A projection's cursor is above the tile's head. */
  'cursor_ahead',
  /** The history lacks a pixel of a commit. */
  'history_missing',
  /** The history has another color, painter or cause than the log. */
  'history_differs',
  /** The history has a pixel that no commit has. */
  'history_extra',
  /** The statistics are not those of the log. */
  'stats_differ',
  /** The painters' profiles do not have the pixels of the log. */
  'profiles_differ',
  /** A count of a template is not that of the log. */
  'template_differs',
] as const
export type FindingKind = (typeof findingKinds)[number]

export interface Finding {
  readonly kind: FindingKind
  readonly canvas: CanvasId
  /** Null for the whole canvas. */
  readonly tile: TileNumber | null
  readonly seq: Seq | null
  readonly detail: string
}

/** Reports a finding about one tile. */
export type Report = (kind: FindingKind, seq: number | null, detail: string) => void
