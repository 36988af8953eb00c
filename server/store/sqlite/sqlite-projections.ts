/** Projections in SQLite. */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId, PainterId, TileNumber } from '../../../lib/brand.ts'
import type { SequencedCommit } from '../../../lib/commit.ts'
import { isErased } from '../../../lib/erasing.ts'
import { profilesOf } from '../../../lib/profile.ts'
import { type CellNumber, cellsByBlock, countStats, sumOfCells } from '../../../lib/stats.ts'
import { erasedMeanwhile } from '../erase-steps.ts'
import {
  type CanvasStats,
  type Cursor,
  type HistoryEntry,
  type LogProjectionName,
  type Projecting,
  type ProjectionStore,
  type Snapshot,
  type SnapshotInfo,
  type Standing,
  standsForNobody,
} from '../projections-port.ts'
import { query } from './query.ts'
import { type OutboxRow, sequencedOf } from './rows.ts'
import { createCanvasReader } from './sqlite-canvases.ts'
import { createProfileWriter, createSqliteProfileReader } from './sqlite-profiles.ts'
import { addToBlock, cellsOf } from './stat-blocks.ts'
import type { Transaction } from './transactions.ts'

type Args<Method extends keyof ProjectionStore> = Parameters<ProjectionStore[Method]>[0]
type RowsToProject = Omit<Projecting, 'commits'> & {
  readonly rows: readonly OutboxRow[]
  /** History comes in parts. The cursor moves with the last one, because saving a row again changes nothing. */
  readonly isLast: boolean
}

/** For the writer's thread. */
export const createSqliteProjector = (database: DatabaseSync, transaction: Transaction) => {
  const sql = writing(database)
  const getCanvas = createCanvasReader(database)
  const profiles = createProfileWriter(database)

  const saveHistory = ({ canvas, tile, epoch }: RowsToProject, commits: readonly SequencedCommit[]) => {
    for (const { seq, atMs, cause, pixels } of commits) {
      for (const { position, color, previous, by, undoes } of pixels) {
        sql.saveHistory.run(canvas, tile, position, atMs, seq, epoch, color, previous, by, cause, undoes?.atMs ?? null)
      }
    }
  }
  const saveStats = ({ canvas, tileSize }: RowsToProject, commits: readonly SequencedCommit[]) => {
    const { painters, minutes, cells } = countStats(commits, { tileSize })
    for (const [painter, placed] of painters) sql.addPainter.run(canvas, painter, placed)
    for (const [minute, placed] of minutes) sql.addMinute.run(canvas, minute, placed)
    for (const [block, added] of cellsByBlock(cells)) {
      const before = sql.block.get(canvas, block)?.cells ?? null
      sql.addBlock.run(canvas, block, sumOfCells(added), addToBlock(before, added))
    }
  }

  const saveProfiles = ({ canvas, tileSize }: RowsToProject, commits: readonly SequencedCommit[]) =>
    profiles.add(canvas, profilesOf(commits, { tileSize }))
  const saves = { history: saveHistory, stats: saveStats, profiles: saveProfiles }

  return {
    project: (args: RowsToProject): boolean =>
      transaction(() => {
        const { name, canvas, tile, epoch, after, to, rows, isLast } = args
        if (isErased(getCanvas(canvas), args)) throw erasedMeanwhile()
        const cursor = sql.cursor.get(name, canvas, tile)
        if ((cursor?.epoch === epoch ? cursor.seq : 0) !== after) return false
        saves[name](args, rows.map(sequencedOf))
        if (isLast) sql.saveCursor.run(name, canvas, tile, epoch, to)
        return true
      }),

    resetProjection: ({ name, canvas }: { name: LogProjectionName; canvas: CanvasId }) =>
      transaction(() => {
        sql.forgetCursors.run(name, canvas)
        if (name === 'stats') for (const forget of sql.forgetStats) forget.run(canvas)
        if (name === 'profiles') profiles.forget(canvas)
      }),

    saveSnapshot(snapshot: Snapshot) {
      const { canvas, tile, epoch, seq, atMs, bytes } = snapshot
      transaction(() => isErased(getCanvas(canvas), snapshot) || sql.saveSnapshot.run(canvas, tile, epoch, seq, atMs, bytes))
    },

    deleteSnapshots: ({ snapshots }: { snapshots: readonly SnapshotInfo[] }) =>
      transaction(() => {
        for (const { canvas, tile, epoch, seq } of snapshots) sql.deleteSnapshot.run(canvas, tile, epoch, seq)
      }),
  }
}

/** For the reader's thread. */
export const createSqliteProjectionReader = (database: DatabaseSync) => {
  const sql = reading(database)

  /** Older versions counted by cell (`stats_cells`); those counts belong to the sums. */
  const readCells = (canvas: CanvasId) => {
    const cells = new Map<CellNumber, number>(sql.cells.all(canvas).map(({ cell, placed }) => [cell, placed]))
    for (const { block, cells: counts } of sql.blocks.all(canvas)) {
      for (const [cell, placed] of cellsOf(block, counts)) cells.set(cell, (cells.get(cell) ?? 0) + placed)
    }
    return cells
  }

  return {
    readCursors({ name, canvas }: Args<'readCursors'>) {
      const rows = sql.cursors.all(name, canvas)
      return new Map(rows.map(({ tile, ...cursor }): [TileNumber, Cursor] => [tile, cursor]))
    },
    readHistory: ({ canvas, tile, position, limit, beforeMs = Number.MAX_SAFE_INTEGER }: Args<'readHistory'>) =>
      sql.history.all(canvas, tile, position, beforeMs, limit),
    readHistoryPage({ canvas, tile, from, limit }: Args<'readHistoryPage'>) {
      return sql.historyPage.all(canvas, tile, from?.position ?? -1, from?.atMs ?? 0, limit)
    },
    readStats: ({ canvas, maxPainters, sinceMs }: Args<'readStats'>): CanvasStats => ({
      painters: sql.painters.all(canvas, maxPainters),
      minutes: sql.minutes.all(canvas, sinceMs),
      cells: readCells(canvas),
    }),
    ...createSqliteProfileReader(database),
    readMinutes: ({ canvas, sinceMs }: Args<'readMinutes'>) => sql.minutes.all(canvas, sinceMs),
    countStanding: ({ canvas, sinceMs }: Args<'countStanding'>) =>
      new Map(sql.standing.all(sinceMs, canvas).map(({ by, ...standing }): [PainterId, Standing] => [by, standing])),
    readSnapshot({ canvas, tile, epoch, maxSeq, maxAtMs }: Args<'readSnapshot'>): Snapshot | null {
      return sql.snapshot.get(canvas, tile, epoch, maxSeq, maxAtMs) ?? null
    },
    listSnapshots: ({ canvas, tile }: Args<'listSnapshots'>) => sql.snapshots.all(canvas, tile),
  }
}

const count = (table: string, key: string) =>
  `INSERT INTO ${table} (canvas, ${key}, placed) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET placed = placed + excluded.placed`

const writing = (database: DatabaseSync) => ({
  cursor: query<Cursor>(database, 'SELECT epoch, seq FROM cursors WHERE name = ? AND canvas = ? AND tile = ?'),
  saveCursor: database.prepare('INSERT OR REPLACE INTO cursors (name, canvas, tile, epoch, seq) VALUES (?, ?, ?, ?, ?)'),
  forgetCursors: database.prepare('DELETE FROM cursors WHERE name = ? AND canvas = ?'),
  saveHistory: database.prepare(
    `INSERT OR REPLACE INTO history (canvas, tile, position, at, seq, epoch, color, previous, painter, cause, undoes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  addPainter: database.prepare(count('stats_painters', 'painter')),
  addMinute: database.prepare(count('stats_minutes', 'minute')),
  block: query<{ cells: Uint8Array }>(database, 'SELECT cells FROM stats_blocks WHERE canvas = ? AND block = ?'),
  addBlock: database.prepare(
    `INSERT INTO stats_blocks (canvas, block, placed, cells) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET placed = placed + excluded.placed, cells = excluded.cells`,
  ),
  forgetStats: ['stats_painters', 'stats_minutes', 'stats_cells', 'stats_blocks'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE canvas = ?`),
  ),
  saveSnapshot: database.prepare('INSERT OR REPLACE INTO snapshots (canvas, tile, epoch, seq, at, bytes) VALUES (?, ?, ?, ?, ?, ?)'),
  deleteSnapshot: database.prepare('DELETE FROM snapshots WHERE canvas = ? AND tile = ? AND epoch = ? AND seq = ?'),
})

const historyColumns = 'position, seq, epoch, at AS atMs, color, previous, painter AS "by", cause, undoes AS undoesAtMs'
const snapshotColumns = 'canvas, tile, epoch, seq, at AS atMs'

const reading = (database: DatabaseSync) => ({
  cursors: query<Cursor & { tile: TileNumber }>(database, 'SELECT tile, epoch, seq FROM cursors WHERE name = ? AND canvas = ?'),
  history: query<HistoryEntry>(
    database,
    `SELECT ${historyColumns} FROM history WHERE canvas = ? AND tile = ? AND position = ? AND at < ? ORDER BY at DESC LIMIT ?`,
  ),
  historyPage: query<HistoryEntry>(
    database,
    `SELECT ${historyColumns} FROM history WHERE canvas = ? AND tile = ? AND (position, at) > (?, ?) ORDER BY position, at LIMIT ?`,
  ),
  painters: query<CanvasStats['painters'][number]>(
    database,
    `SELECT painter AS "by", placed FROM stats_painters WHERE canvas = ? AND painter <> '' AND placed > 0 ORDER BY placed DESC, painter LIMIT ?`,
  ),
  minutes: query<CanvasStats['minutes'][number]>(
    database,
    'SELECT minute AS atMs, placed FROM stats_minutes WHERE canvas = ? AND minute >= ? ORDER BY minute',
  ),
  cells: query<{ cell: CellNumber; placed: number }>(database, 'SELECT cell, placed FROM stats_cells WHERE canvas = ?'),
  blocks: query<{ block: number; cells: Uint8Array }>(database, 'SELECT block, cells FROM stats_blocks WHERE canvas = ?'),
  standing: query<{ by: PainterId } & Standing>(
    database,
    `SELECT painter AS "by", count(*) AS "all", sum(at >= ?) AS recent FROM pixels
     WHERE canvas = ? AND painter <> '' AND cause NOT IN (${standsForNobody.map((cause) => `'${cause}'`).join()}) GROUP BY painter`,
  ),
  snapshot: query<Snapshot>(
    database,
    `SELECT ${snapshotColumns}, bytes FROM snapshots
     WHERE canvas = ? AND tile = ? AND epoch = ? AND seq <= ? AND at <= ? ORDER BY seq DESC LIMIT 1`,
  ),
  snapshots: query<SnapshotInfo>(database, `SELECT ${snapshotColumns} FROM snapshots WHERE canvas = ? AND tile = ? ORDER BY seq`),
})
