/**
 * What projectors make of the log, in the same database: the history of each pixel, statistics of each canvas, and snapshots of its tiles.
 * All of it can be rebuilt from the log, as far back as the log is kept.
 *
 * History and statistics follow each tile by a cursor, the seq of the last commit that they include. Statistics and their cursor are saved in
 * one transaction, so a commit counts once. Saving a row of history again changes nothing, so the rows may be saved before the cursor.
 */
import type { CanvasId, Epoch, PainterId, Position, Seq, TileNumber } from '../../lib/brand.ts'
import type { CommitKind, SequencedCommit } from '../../lib/commit.ts'
import type { CellNumber } from '../../lib/stats.ts'
import type { PixelRef, TileRef } from './port.ts'

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

export interface SnapshotInfo extends TileRef {
  readonly epoch: Epoch
  readonly seq: Seq
  /** The latest `atMs` of the included commits. */
  readonly atMs: number
}

export interface Snapshot extends SnapshotInfo {
  /** The tile's bytes, compressed; opaque to the store. */
  readonly bytes: Uint8Array
}

export interface CanvasStats {
  /** Most placed first. */
  readonly painters: readonly { readonly by: PainterId; readonly placed: number }[]
  /** By the start of the minute, ascending. */
  readonly minutes: readonly { readonly atMs: number; readonly placed: number }[]
  readonly cells: ReadonlyMap<CellNumber, number>
}

export interface Projecting extends TileRef {
  readonly name: LogProjectionName
  readonly epoch: Epoch
  readonly tileSize: number
  readonly after: Seq
  readonly to: Seq
  /** Commits that add nothing may be left out. */
  readonly commits: readonly SequencedCommit[]
}

/** Every call can be repeated after an unknown outcome. */
export interface ProjectionStore {
  readCursors(options: { name: LogProjectionName; canvas: CanvasId }): Promise<Map<TileNumber, Cursor>>
  /**
   * Adds the commits `after + 1 … to` and moves the cursor from `after` to `to`. Returns false when the cursor is not at `after`; statistics are then
   * unchanged. A cursor of another epoch counts as 0.
   */
  project(options: Projecting): Promise<boolean>
  /** Removes the cursors and, for `stats`, the counts. History stays, because it reaches further back than the log. */
  reset(options: { name: LogProjectionName; canvas: CanvasId }): Promise<void>

  /** Newest first. */
  readHistory(options: PixelRef & { limit: number }): Promise<HistoryEntry[]>
  /** The history of a tile by position and time, from the entry after `from`. */
  readHistoryPage(options: TileRef & { from: { position: Position; atMs: number } | null; limit: number }): Promise<HistoryEntry[]>

  readStats(options: { canvas: CanvasId; maxPainters: number; sinceMs: number }): Promise<CanvasStats>
  /** How many pixels of the board each painter has. Reads every pixel, so it must not be called often. */
  countStanding(canvas: CanvasId): Promise<Map<PainterId, number>>

  saveSnapshot(snapshot: Snapshot): Promise<void>
  /** The newest one with a seq up to `maxSeq` and a time up to `maxAtMs`. */
  readSnapshot(options: TileRef & { epoch: Epoch; maxSeq: number; maxAtMs: number }): Promise<Snapshot | null>
  /** Of all epochs, by seq, ascending. */
  listSnapshots(tile: TileRef): Promise<SnapshotInfo[]>
  deleteSnapshots(options: { snapshots: readonly SnapshotInfo[] }): Promise<void>
}
