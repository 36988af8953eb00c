/**
 * What an undo reads in its transaction, for the writer's thread: the placement, and the whole history of its pixel. That history is in three places:
 * commits without a seq, the log after the cursor of the history, and the rows of the history.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId, PlacementId, Position } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { parsePlacementId } from '../../../lib/commit.ts'
import { entriesAhead } from '../../../lib/entries-ahead.ts'
import type { PixelEntry } from '../../../lib/pixel-fold.ts'
import type { StoredPlacement } from '../../../lib/plan-undo.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import { isReadable } from '../entry-content.ts'
import type { PixelRef, TileRef } from '../port.ts'
import type { Cursor } from '../projections-port.ts'
import { maxAheadOfHistory, storedPlacementOf } from '../undo-reads.ts'
import { query } from './query.ts'
import { createRowPage, type OutboxRow, outboxColumns, pixelsOf } from './rows.ts'
import { createHeadReader } from './tile-head.ts'

const pageSize = 20

type Ahead = ReadonlyMap<Position, readonly PixelEntry[]> | null

export const createSqliteUndoReader = (database: DatabaseSync) => {
  const sql = statements(database)
  const headOf = createHeadReader(database)

  const readAhead = ({ canvas, tile }: TileRef, epoch: string): Ahead => {
    const cursor = sql.cursor.get(canvas, tile)
    const after = cursor?.epoch === epoch ? cursor.seq : 0
    const page = createRowPage<OutboxRow>()
    for (const rows of [sql.sequenced.iterate(canvas, tile, after, epoch), sql.unsequenced.iterate(canvas, tile, epoch)]) {
      for (const row of rows) {
        if (page.commits.length === maxAheadOfHistory || !isReadable(row.kind, row.pixels) || !page.add(row)) return null
      }
    }
    const commits = page.commits.map(({ seq, atMs, cause, ...row }) => ({ seq, atMs, cause, pixels: pixelsOf(row) }))
    return entriesAhead(commits, { after, head: headOf({ canvas, tile }) })
  }

  function* readPixel({ canvas, tile, position }: PixelRef, epoch: string, ahead: readonly PixelEntry[]): Generator<PixelEntry> {
    yield* ahead
    for (let before = ahead.at(-1)?.atMs ?? Number.MAX_SAFE_INTEGER; ; ) {
      const page = sql.history.all(canvas, tile, position, before, epoch, pageSize)
      yield* page
      const last = page.at(-1)
      if (!last || page.length < pageSize) return
      before = last.atMs
    }
  }

  /** For one group. */
  return (canvasOf: (id: CanvasId) => Canvas | null) => {
    const tiles = new Map<string, Ahead>()
    return {
      placement(id: PlacementId): StoredPlacement | null {
        const parsed = parsePlacementId(id)
        const row = parsed && sql.commit.get(parsed.commit)
        return row ? storedPlacementOf(row, pixelsOf(row)[parsed.index]) : null
      },
      history(ref: PixelRef): Iterable<PixelEntry> | null {
        const epoch = canvasOf(ref.canvas)?.epoch ?? ''
        const key = tileKey(ref)
        if (!tiles.has(key)) tiles.set(key, readAhead(ref, epoch))
        const ahead = tiles.get(key)
        return ahead ? { [Symbol.iterator]: () => readPixel(ref, epoch, ahead.get(ref.position) ?? []) } : null
      },
    }
  }
}

const statements = (database: DatabaseSync) => ({
  commit: query<OutboxRow>(database, `SELECT ${outboxColumns} FROM outbox WHERE id = ?`),
  cursor: query<Cursor>(database, "SELECT epoch, seq FROM cursors WHERE name = 'history' AND canvas = ? AND tile = ?"),
  sequenced: query<OutboxRow>(
    database,
    `SELECT ${outboxColumns} FROM outbox WHERE canvas = ? AND tile = ? AND seq > ? AND epoch = ? ORDER BY seq`,
  ),
  unsequenced: query<OutboxRow>(
    database,
    `SELECT ${outboxColumns} FROM outbox WHERE seq IS NULL AND canvas = ? AND tile = ? AND epoch = ? ORDER BY at, id`,
  ),
  history: query<PixelEntry>(
    database,
    `SELECT color, previous, painter AS "by", at AS atMs, cause, undoes AS undoesAtMs FROM history
     WHERE canvas = ? AND tile = ? AND position = ? AND at < ? AND epoch = ? ORDER BY at DESC LIMIT ?`,
  ),
})
