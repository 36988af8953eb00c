/** What the audit reads in SQLite. For a reader's thread. */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId, TileNumber } from '../../../lib/brand.ts'
import { type AuditReading, createScanPage, type ProfileSums, type StatsSums } from '../audit-port.ts'
import { tryDecodeContent } from '../entry-content.ts'
import { query } from './query.ts'
import { type OutboxRow, outboxColumns } from './rows.ts'
import type { Snapshot } from './sqlite-log.ts'

export const createSqliteAuditReader = (options: {
  database: DatabaseSync
  snapshot: Snapshot
  readCursors: (options: { name: 'stats' | 'profiles'; canvas: CanvasId }) => StatsSums['cursors']
}) => {
  const { database, snapshot, readCursors } = options
  const sql = statements(database)

  return {
    listTiles(canvas: CanvasId): TileNumber[] {
      const tiles = new Set<TileNumber>()
      for (const next of sql.nextTile) {
        for (let tile = next.get(canvas, -1)?.tile ?? null; tile !== null; tile = next.get(canvas, tile)?.tile ?? null) tiles.add(tile)
      }
      return [...tiles].sort((a, b) => a - b)
    },

    scanLog({ canvas, tile, after, limit }: Parameters<AuditReading['scanLog']>[0]) {
      const page = createScanPage(limit)
      for (const { kind, pixels, publishedAtMs, ...row } of sql.log.iterate(canvas, tile, after)) {
        const content = tryDecodeContent(kind, pixels) ?? { pixels: null }
        if (!page.add({ ...row, ...content, published: publishedAtMs !== null })) break
      }
      return page.commits
    },

    sumStats: (canvas: CanvasId): StatsSums =>
      snapshot(() => {
        const [painters = 0, minutes = 0, cells = 0] = sql.sums.map((sum) => sum.get(canvas)?.placed ?? 0)
        return { cursors: readCursors({ name: 'stats', canvas }), painters, minutes, cells }
      }),

    sumProfiles: (canvas: CanvasId): ProfileSums =>
      snapshot(() => ({
        cursors: readCursors({ name: 'profiles', canvas }),
        placed: sql.profiles.get(canvas)?.placed ?? 0,
        newestDay: sql.newestDay.get(canvas) ?? null,
      })),
  }
}

const statements = (database: DatabaseSync) => ({
  // Each one jumps from tile to tile by an index, instead of reading every row.
  nextTile: [
    'tails WHERE true',
    'outbox WHERE seq IS NOT NULL',
    'pixels WHERE true',
    'history WHERE true',
    'snapshots WHERE true',
    "cursors WHERE name = 'history'",
    "cursors WHERE name = 'stats'",
    "cursors WHERE name = 'profiles'",
  ].map((source) => query<{ tile: TileNumber | null }>(database, `SELECT min(tile) AS tile FROM ${source} AND canvas = ? AND tile > ?`)),
  log: query<OutboxRow & { publishedAtMs: number | null }>(
    database,
    `SELECT ${outboxColumns}, published_at AS publishedAtMs FROM outbox WHERE canvas = ? AND tile = ? AND seq > ? ORDER BY seq`,
  ),
  profiles: query<{ placed: number | null }>(database, 'SELECT sum(placed) AS placed FROM profiles WHERE canvas = ?'),
  newestDay: query<{ day: number; placed: number }>(
    database,
    'SELECT day, sum(placed_that_day) AS placed FROM profiles WHERE canvas = ? GROUP BY day ORDER BY day DESC LIMIT 1',
  ),
  sums: ['stats_painters', 'stats_minutes', '(SELECT * FROM stats_cells UNION ALL SELECT canvas, block, placed FROM stats_blocks)'].map(
    (table) => query<{ placed: number | null }>(database, `SELECT sum(placed) AS placed FROM ${table} WHERE canvas = ?`),
  ),
})
