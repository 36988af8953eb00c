/** Projections in SQLite. What changes runs in the writer's thread, each call one transaction; what reads, in a reader's. */
import type { DatabaseSync } from 'node:sqlite'
import { asCanvasId, asEpoch, asPainterId, asPosition, asSeq, asTile, type CanvasId } from '../../../lib/brand.ts'
import type { CommitKind, SequencedCommit } from '../../../lib/commit.ts'
import { type CellNumber, cellsByBlock, countStats, sumOfCells } from '../../../lib/stats.ts'
import type { CanvasStats, Cursor, HistoryEntry, LogProjectionName, ProjectionStore, Snapshot, SnapshotInfo } from '../projections-port.ts'
import { type PackedCommits, unpackCommits } from './packed-commits.ts'
import { addToBlock, cellsOf } from './stat-blocks.ts'

type Args<Method extends keyof ProjectionStore> = Parameters<ProjectionStore[Method]>[0]
type PackedProjecting = Omit<Args<'project'>, 'commits'> & {
  readonly packed: PackedCommits
  /** History comes in parts, and saving a row again changes nothing: the cursor is raised with the last of them. */
  readonly isLast: boolean
}

export const createSqliteProjector = (options: { database: DatabaseSync; transaction: <Result>(run: () => Result) => Result }) => {
  const { database, transaction } = options
  const sql = writing(database)

  const saveHistory = ({ canvas, tile, epoch }: PackedProjecting, commits: readonly SequencedCommit[]) => {
    for (const { seq, atMs, cause, pixels } of commits) {
      for (const { position, color, previous, by } of pixels) {
        sql.saveHistory.run(canvas, tile, position, atMs, seq, epoch, color, previous, by, cause)
      }
    }
  }
  const saveStats = ({ canvas, tileSize }: PackedProjecting, commits: readonly SequencedCommit[]) => {
    const { painters, minutes, cells } = countStats(commits, { tileSize })
    for (const [painter, placed] of painters) sql.addPainter.run(canvas, painter, placed)
    for (const [minute, placed] of minutes) sql.addMinute.run(canvas, minute, placed)
    for (const [block, added] of cellsByBlock(cells)) {
      const before = sql.block.get(canvas, block)?.['cells'] as Uint8Array | undefined
      sql.addBlock.run(canvas, block, sumOfCells(added), addToBlock(before ?? null, added))
    }
  }

  return {
    project(args: PackedProjecting): boolean {
      const { name, canvas, tile, epoch, after, to } = args
      return transaction(() => {
        const cursor = sql.cursor.get(name, canvas, tile)
        if ((cursor?.['epoch'] === epoch ? Number(cursor['seq']) : 0) !== after) return false
        const commits = unpackCommits(args.packed)
        if (name === 'history') saveHistory(args, commits)
        else saveStats(args, commits)
        if (args.isLast) sql.saveCursor.run(name, canvas, tile, epoch, to)
        return true
      })
    },

    resetProjection({ name, canvas }: { name: LogProjectionName; canvas: CanvasId }) {
      transaction(() => {
        sql.forgetCursors.run(name, canvas)
        if (name !== 'stats') return
        for (const forget of [sql.forgetPainters, sql.forgetMinutes, sql.forgetCells, sql.forgetBlocks]) forget.run(canvas)
      })
    },

    saveSnapshot({ canvas, tile, epoch, seq, atMs, bytes }: Snapshot) {
      transaction(() => sql.saveSnapshot.run(canvas, tile, epoch, seq, atMs, bytes))
    },

    deleteSnapshots({ snapshots }: { snapshots: readonly SnapshotInfo[] }) {
      transaction(() => {
        for (const { canvas, tile, epoch, seq } of snapshots) sql.deleteSnapshot.run(canvas, tile, epoch, seq)
      })
    },
  }
}

export const createSqliteProjectionReader = ({ database }: { database: DatabaseSync }) => {
  const sql = reading(database)

  /** Rows of cells are from before there were blocks, and go on counting. */
  const readCells = (canvas: CanvasId) => {
    const cells = new Map<CellNumber, number>(sql.cells.all(canvas).map((row) => [Number(row['cell']), Number(row['placed'])]))
    for (const row of sql.blocks.all(canvas)) {
      for (const [cell, placed] of cellsOf(Number(row['block']), row['cells'] as Uint8Array))
        cells.set(cell, (cells.get(cell) ?? 0) + placed)
    }
    return cells
  }

  return {
    readCursors({ name, canvas }: Args<'readCursors'>) {
      const rows = sql.cursors.all(name, canvas)
      return new Map(
        rows.map((row): [ReturnType<typeof asTile>, Cursor] => [
          asTile(Number(row['tile'])),
          { epoch: asEpoch(String(row['epoch'])), seq: asSeq(Number(row['seq'])) },
        ]),
      )
    },
    readHistory: ({ canvas, tile, position, limit }: Args<'readHistory'>) => sql.history.all(canvas, tile, position, limit).map(entryOf),
    readHistoryPage({ canvas, tile, from, limit }: Args<'readHistoryPage'>) {
      const [position, atMs] = from ? [from.position, from.atMs] : [-1, 0]
      return sql.historyPage.all(canvas, tile, position, atMs, limit).map(entryOf)
    },
    readStats({ canvas, maxPainters, sinceMs }: Args<'readStats'>): CanvasStats {
      return {
        painters: sql.painters.all(canvas, maxPainters).map((row) => ({
          by: asPainterId(String(row['painter'])),
          placed: Number(row['placed']),
        })),
        minutes: sql.minutes.all(canvas, sinceMs).map((row) => ({ atMs: Number(row['minute']), placed: Number(row['placed']) })),
        cells: readCells(canvas),
      }
    },
    countStanding: (canvas: CanvasId) =>
      new Map(sql.standing.all(canvas).map((row) => [asPainterId(String(row['painter'])), Number(row['standing'])])),
    readSnapshot({ canvas, tile, epoch, maxSeq, maxAtMs }: Args<'readSnapshot'>): Snapshot | null {
      const row = sql.snapshot.get(canvas, tile, epoch, maxSeq, maxAtMs)
      return row ? { ...infoOf(row), bytes: row['bytes'] as Uint8Array } : null
    },
    listSnapshots: ({ canvas, tile }: Args<'listSnapshots'>) => sql.snapshots.all(canvas, tile).map(infoOf),
  }
}

const entryOf = (row: Record<string, unknown>): HistoryEntry => ({
  position: asPosition(Number(row['position'])),
  seq: asSeq(Number(row['seq'])),
  epoch: asEpoch(String(row['epoch'])),
  atMs: Number(row['at']),
  color: Number(row['color']),
  previous: Number(row['previous']),
  by: asPainterId(String(row['painter'])),
  cause: String(row['cause']) as CommitKind,
})

const infoOf = (row: Record<string, unknown>): SnapshotInfo => ({
  canvas: asCanvasId(String(row['canvas'])),
  tile: asTile(Number(row['tile'])),
  epoch: asEpoch(String(row['epoch'])),
  seq: asSeq(Number(row['seq'])),
  atMs: Number(row['at']),
})

const count = (table: string, key: string) =>
  `INSERT INTO ${table} (canvas, ${key}, placed) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET placed = placed + excluded.placed`

const writing = (database: DatabaseSync) => ({
  cursor: database.prepare('SELECT epoch, seq FROM cursors WHERE name = ? AND canvas = ? AND tile = ?'),
  saveCursor: database.prepare('INSERT OR REPLACE INTO cursors (name, canvas, tile, epoch, seq) VALUES (?, ?, ?, ?, ?)'),
  forgetCursors: database.prepare('DELETE FROM cursors WHERE name = ? AND canvas = ?'),
  saveHistory: database.prepare(
    'INSERT OR REPLACE INTO history (canvas, tile, position, at, seq, epoch, color, previous, painter, cause) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ),
  addPainter: database.prepare(count('stats_painters', 'painter')),
  addMinute: database.prepare(count('stats_minutes', 'minute')),
  block: database.prepare('SELECT cells FROM stats_blocks WHERE canvas = ? AND block = ?'),
  addBlock: database.prepare(
    'INSERT INTO stats_blocks (canvas, block, placed, cells) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET placed = placed + excluded.placed, cells = excluded.cells',
  ),
  forgetPainters: database.prepare('DELETE FROM stats_painters WHERE canvas = ?'),
  forgetMinutes: database.prepare('DELETE FROM stats_minutes WHERE canvas = ?'),
  forgetCells: database.prepare('DELETE FROM stats_cells WHERE canvas = ?'),
  forgetBlocks: database.prepare('DELETE FROM stats_blocks WHERE canvas = ?'),
  saveSnapshot: database.prepare('INSERT OR REPLACE INTO snapshots (canvas, tile, epoch, seq, at, bytes) VALUES (?, ?, ?, ?, ?, ?)'),
  deleteSnapshot: database.prepare('DELETE FROM snapshots WHERE canvas = ? AND tile = ? AND epoch = ? AND seq = ?'),
})

const reading = (database: DatabaseSync) => ({
  cursors: database.prepare('SELECT tile, epoch, seq FROM cursors WHERE name = ? AND canvas = ?'),
  history: database.prepare('SELECT * FROM history WHERE canvas = ? AND tile = ? AND position = ? ORDER BY at DESC LIMIT ?'),
  historyPage: database.prepare(
    'SELECT * FROM history WHERE canvas = ? AND tile = ? AND (position, at) > (?, ?) ORDER BY position, at LIMIT ?',
  ),
  painters: database.prepare('SELECT painter, placed FROM stats_painters WHERE canvas = ? ORDER BY placed DESC, painter LIMIT ?'),
  minutes: database.prepare('SELECT minute, placed FROM stats_minutes WHERE canvas = ? AND minute >= ? ORDER BY minute'),
  cells: database.prepare('SELECT cell, placed FROM stats_cells WHERE canvas = ?'),
  blocks: database.prepare('SELECT block, cells FROM stats_blocks WHERE canvas = ?'),
  standing: database.prepare("SELECT painter, count(*) AS standing FROM pixels WHERE canvas = ? AND cause <> 'skipped' GROUP BY painter"),
  snapshot: database.prepare(
    'SELECT * FROM snapshots WHERE canvas = ? AND tile = ? AND epoch = ? AND seq <= ? AND at <= ? ORDER BY seq DESC LIMIT 1',
  ),
  snapshots: database.prepare('SELECT canvas, tile, epoch, seq, at FROM snapshots WHERE canvas = ? AND tile = ? ORDER BY seq'),
})
