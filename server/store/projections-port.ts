/**
 * What projectors make of the log, kept beside it in the same database: the history of each pixel, numbers about each canvas, and snapshots of
 * its tiles. All of it can be made again from the log, as far as that reaches back.
 *
 * History and stats follow each tile by a cursor, the seq of the last commit that they hold. Numbers and the cursor are saved in one transaction, and
 * only from the cursor on: so a commit counts once, whoever projects it and however often. Saving a row of history again changes nothing, so
 * the rows may come before the cursor, in as many transactions as is best.
 */
import type { CanvasId, Epoch, PainterId, Position, Seq, TileNumber } from '../../lib/brand.ts'
import type { CommitKind, SequencedCommit } from '../../lib/commit.ts'
import type { CellNumber } from '../../lib/stats.ts'

export const logProjections = ['history', 'stats'] as const
export type LogProjectionName = (typeof logProjections)[number]

export interface Cursor {
  readonly epoch: Epoch
  readonly seq: Seq
}

export interface HistoryEntry {
  readonly position: Position
  readonly seq: Seq
  readonly epoch: Epoch
  readonly atMs: number
  readonly color: number
  readonly previous: number
  readonly by: PainterId
  readonly cause: CommitKind
}

export interface SnapshotInfo {
  readonly canvas: CanvasId
  readonly tile: TileNumber
  readonly epoch: Epoch
  readonly seq: Seq
  /** The latest `at` of the commits that it holds. */
  readonly atMs: number
}

export interface Snapshot extends SnapshotInfo {
  /** The tile's bytes, compressed; the store does not look inside. */
  readonly bytes: Uint8Array
}

export interface CanvasStats {
  /** Most placed first. */
  readonly painters: readonly { readonly by: PainterId; readonly placed: number }[]
  /** By the start of the minute, ascending. */
  readonly minutes: readonly { readonly atMs: number; readonly placed: number }[]
  readonly cells: ReadonlyMap<CellNumber, number>
}

interface Tile {
  readonly canvas: CanvasId
  readonly tile: TileNumber
}

export interface ProjectionStore {
  readCursors(options: { name: LogProjectionName; canvas: CanvasId }): Promise<Map<TileNumber, Cursor>>
  /**
   * Saves what the commits `after + 1 … to` mean, and raises the cursor from `after` to `to`: stats in one transaction, history at the latest with the
   * cursor. Answers false when the cursor is elsewhere; stats are then as they were. A cursor of another epoch counts as 0. Commits may be missing from the list: they mean nothing then.
   */
  project(
    options: Tile & {
      name: LogProjectionName
      epoch: Epoch
      tileSize: number
      after: Seq
      to: Seq
      commits: readonly SequencedCommit[]
    },
  ): Promise<boolean>
  /** Forgets the cursors, and what cannot be counted twice: stats. History stays, because it reaches further back than the log. */
  reset(options: { name: LogProjectionName; canvas: CanvasId }): Promise<void>

  /** Newest first. */
  readHistory(options: Tile & { position: Position; limit: number }): Promise<HistoryEntry[]>
  /** The whole history of a tile in parts, by position and time: what comes after `from`, up to `limit`. */
  readHistoryPage(options: Tile & { from: { position: Position; atMs: number } | null; limit: number }): Promise<HistoryEntry[]>

  readStats(options: { canvas: CanvasId; maxPainters: number; sinceMs: number }): Promise<CanvasStats>
  /** How many pixels of the board are each painter's. Looks at every pixel: not to be asked often. */
  countStanding(canvas: CanvasId): Promise<Map<PainterId, number>>

  /** Saving the same again changes nothing. */
  saveSnapshot(snapshot: Snapshot): Promise<void>
  /** The newest with a seq up to `maxSeq`, and a time up to `maxAtMs`. */
  readSnapshot(options: Tile & { epoch: Epoch; maxSeq: number; maxAtMs: number }): Promise<Snapshot | null>
  /** By seq, ascending; of all epochs. */
  listSnapshots(tile: Tile): Promise<SnapshotInfo[]>
  deleteSnapshots(options: { snapshots: readonly SnapshotInfo[] }): Promise<void>
}
