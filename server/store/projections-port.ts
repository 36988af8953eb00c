/**
 * What projectors make of the log, in the same database: the history of each pixel, statistics and painters' profiles of each canvas, and snapshots of
 * its tiles.
 * All of it can be rebuilt from the log, as far back as the log is kept.
 *
 * History, statistics and profiles follow each tile by a cursor, the seq of the last commit that they include. Statistics and profiles are saved with
 * their cursor in one transaction, so a commit counts once. Saving a row of history again changes nothing, so the rows may be saved before the cursor.
 */
import type { CanvasId, Epoch, PainterId, Position, Seq, TileNumber } from '../../lib/brand.ts'
import type { CommitKind, SequencedCommit } from '../../lib/commit.ts'
import type { PixelEntry } from '../../lib/pixel-fold.ts'
import type { Profile } from '../../lib/profile.ts'
import type { CellNumber } from '../../lib/stats.ts'
import type { PixelRef, TileRef } from './port.ts'

export const logProjections = ['history', 'stats', 'profiles'] as const
export type LogProjectionName = (typeof logProjections)[number]

export interface Cursor {
  readonly epoch: Epoch
  readonly seq: Seq
}

export interface HistoryEntry extends PixelEntry {
  readonly position: Position
  readonly seq: Seq
  readonly epoch: Epoch
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
  /** Most placed first, without `nobody`. */
  readonly painters: readonly { readonly by: PainterId; readonly placed: number }[]
  /** By the start of the minute, ascending. */
  readonly minutes: readonly { readonly atMs: number; readonly placed: number }[]
  readonly cells: ReadonlyMap<CellNumber, number>
}

export interface Leaders {
  /** Most placed first. */
  readonly painters: readonly { readonly by: PainterId; readonly placed: number }[]
  /** Of all painters. */
  readonly placed: number
  readonly painterCount: number
}

export interface Place {
  readonly placed: number
  /** How many painters have more, and the least that one of them has; null for none. */
  readonly ahead: number
  readonly next: number | null
}

export interface ProfileRead {
  /** Null for a painter whose pixels are not in the log since profiles are kept. */
  readonly profile: Profile | null
  readonly all: Place
  readonly day: Place
}

/** The pixels of a painter that are on the board: all, and those since a time. */
export interface Standing {
  readonly all: number
  readonly recent: number
}

/** Pixels of these commits stand for no painter. */
export const standsForNobody: readonly CommitKind[] = ['skipped', 'picture', 'fill']

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
   * Adds the commits `after + 1 … to` and moves the cursor from `after` to `to`. Returns false when the cursor is not at `after`; statistics and
   * profiles are then unchanged. A cursor of another epoch counts as 0.
   */
  project(options: Projecting): Promise<boolean>
  /** Removes the cursors, the counts of `stats`, and the rows of `profiles`. History stays, because it reaches further back than the log. */
  reset(options: { name: LogProjectionName; canvas: CanvasId }): Promise<void>

  /** Newest first. `beforeMs`: only older entries. */
  readHistory(options: PixelRef & { limit: number; beforeMs?: number }): Promise<HistoryEntry[]>
  /** The history of a tile by position and time, from the entry after `from`. */
  readHistoryPage(options: TileRef & { from: { position: Position; atMs: number } | null; limit: number }): Promise<HistoryEntry[]>

  readStats(options: { canvas: CanvasId; maxPainters: number; sinceMs: number }): Promise<CanvasStats>
  /** The minutes of `readStats` alone. */
  readMinutes(options: { canvas: CanvasId; sinceMs: number }): Promise<CanvasStats['minutes']>
  /** Those who placed most, in all or on a day (`dayOf`). A painter's row has their latest day only. */
  readLeaders(options: { canvas: CanvasId; day: number | null; limit: number }): Promise<Leaders>
  readProfile(options: { canvas: CanvasId; painter: PainterId; day: number }): Promise<ProfileRead>
  /** How many pixels of the board each painter has, without pictures of operators. Reads every pixel, so it must not be called often. */
  countStanding(options: { canvas: CanvasId; sinceMs: number }): Promise<Map<PainterId, Standing>>

  saveSnapshot(snapshot: Snapshot): Promise<void>
  /** The newest one with a seq up to `maxSeq` and a time up to `maxAtMs`. */
  readSnapshot(options: TileRef & { epoch: Epoch; maxSeq: number; maxAtMs: number }): Promise<Snapshot | null>
  /** Of all epochs, by seq, ascending. */
  listSnapshots(tile: TileRef): Promise<SnapshotInfo[]>
  deleteSnapshots(options: { snapshots: readonly SnapshotInfo[] }): Promise<void>
}
