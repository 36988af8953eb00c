/** What the audit reads, in SQLite. Runs in a reader's thread; each call is one snapshot, or needs none. */
import type { DatabaseSync } from 'node:sqlite'
import { asTile, type CanvasId, type TileNumber } from '../../../lib/brand.ts'
import { type AuditReading, createScanPage, type ScannedCommit, type StatsSums } from '../audit-port.ts'
import { tryDecodeContent } from '../entry-content.ts'
import { metaOf, type OutboxRow } from './rows.ts'

export const createSqliteAuditReader = (options: {
  database: DatabaseSync
  snapshot: <Result>(run: () => Result) => Result
  readCursors: (options: { name: 'stats'; canvas: CanvasId }) => StatsSums['cursors']
}) => {
  const { database, snapshot, readCursors } = options
  const sql = statements(database)

  return {
    listTiles(canvas: CanvasId): TileNumber[] {
      const tiles = new Set<TileNumber>()
      for (const next of sql.nextTile) {
        for (let tile = next.get(canvas, -1)?.['tile']; typeof tile === 'number'; tile = next.get(canvas, tile)?.['tile']) {
          tiles.add(asTile(tile))
        }
      }
      return [...tiles].sort((a, b) => a - b)
    },

    scanLog({ canvas, tile, after, limit }: Parameters<AuditReading['scanLog']>[0]): ScannedCommit[] {
      const page = createScanPage(limit)
      for (const found of sql.log.iterate(canvas, tile, after)) {
        const row = found as unknown as OutboxRow & { published_at: number | null }
        if (
          !page.add({
            ...metaOf(row),
            ...(tryDecodeContent(row.kind, row.pixels) ?? { pixels: null }),
            published: row.published_at !== null,
          })
        )
          break
      }
      return page.commits
    },

    sumStats: (canvas: CanvasId): StatsSums =>
      snapshot(() => {
        const [painters = 0, minutes = 0, cells = 0] = sql.sums.map((sum) => Number(sum.get(canvas)?.['placed'] ?? 0))
        return { cursors: readCursors({ name: 'stats', canvas }), painters, minutes, cells }
      }),
  }
}

const nextTile = (source: string) => `SELECT min(tile) AS tile FROM ${source} AND canvas = ? AND tile > ?`

const statements = (database: DatabaseSync) => ({
  nextTile: [
    'tails WHERE true',
    'outbox WHERE seq IS NOT NULL',
    'pixels WHERE true',
    'history WHERE true',
    'snapshots WHERE true',
    "cursors WHERE name = 'history'",
    "cursors WHERE name = 'stats'",
  ].map((source) => database.prepare(nextTile(source))),
  log: database.prepare(
    `SELECT id, canvas, tile, epoch, at, cause, pixels, seq, published_at, kind FROM outbox
     WHERE canvas = ? AND tile = ? AND seq > ? ORDER BY seq`,
  ),
  sums: ['stats_painters', 'stats_minutes', '(SELECT * FROM stats_cells UNION ALL SELECT canvas, block, placed FROM stats_blocks)'].map(
    (table) => database.prepare(`SELECT sum(placed) AS placed FROM ${table} WHERE canvas = ?`),
  ),
})
