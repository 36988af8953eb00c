/** The log in SQLite. For a reader's thread. */
import type { DatabaseSync } from 'node:sqlite'
import { asSeq, type CanvasId, noSeq, type Seq, type TileNumber } from '../../../lib/brand.ts'
import { isEmptied } from '../../../lib/erasing.ts'
import type { PixelEntry } from '../../../lib/pixel-fold.ts'
import { isReadable } from '../entry-content.ts'
import { pixelsAt } from '../pixels-at.ts'
import type { LogPage, PixelRef, ReadCommits } from '../port.ts'
import { query } from './query.ts'
import { createRowPage, type OutboxRow, outboxColumns, pixelsOf } from './rows.ts'
import { createCanvasOfTile, createCanvasReader } from './sqlite-canvases.ts'
import { createHeadReader } from './tile-head.ts'

type RowPage = (Omit<Extract<LogPage, { kind: 'page' }>, 'commits'> & { rows: readonly OutboxRow[] }) | Exclude<LogPage, { kind: 'page' }>

/** Runs reads in one transaction, so that all of them read the same state. */
export type Snapshot = <Result>(run: () => Result) => Result

export const createSqliteLogReader = (database: DatabaseSync, snapshot: Snapshot) => {
  const sql = statements(database)
  const canvasOf = createCanvasOfTile(database)
  const getCanvas = createCanvasReader(database)
  const headOf = createHeadReader(database)

  return {
    readUnsequencedPixels({ canvas, tile, position, maxCommits }: PixelRef & { maxCommits: number }): PixelEntry[] {
      const rows = sql.unsequenced.all(canvas, tile, maxCommits)
      return rows.flatMap((row) => pixelsAt({ ...row, pixels: pixelsOf(row) }, position))
    },

    readCommits: ({ after, limit, maxPixels, ...ref }: ReadCommits): RowPage | null =>
      snapshot((): RowPage | null => {
        const canvas = canvasOf(ref)
        if (!canvas) return null
        const { epoch } = canvas
        if (isEmptied(canvas, ref)) return { kind: 'page', epoch, head: noSeq, rows: [] }
        const head = headOf(ref)
        const page = createRowPage<OutboxRow>(maxPixels)
        let oldestKept = asSeq(head + 1)
        for (const commit of sql.commits.iterate(ref.canvas, ref.tile, after, epoch, limit)) {
          const isNext = commit.seq === after + 1 + page.commits.length
          if (!isNext || !isReadable(commit.kind, commit.pixels)) {
            // A commit that cannot be decoded counts as one that has expired.
            oldestKept = asSeq(isNext ? commit.seq + 1 : commit.seq)
            break
          }
          if (!page.add(commit)) break
        }
        if (page.commits.length === 0 && after < head) return { kind: 'trimmed', epoch, head, oldestKept }
        return { kind: 'page', epoch, head, rows: page.commits }
      }),

    readHeads: (id: CanvasId): Map<TileNumber, Seq> =>
      snapshot(() => {
        const canvas = getCanvas(id)
        const heads = sql.heads.all(id, id).filter((log) => canvas && !isEmptied(canvas, log))
        return new Map(heads.map(({ tile, head }) => [tile, head]))
      }),
  }
}

const statements = (database: DatabaseSync) => ({
  unsequenced: query<OutboxRow>(
    database,
    `SELECT ${outboxColumns} FROM outbox WHERE seq IS NULL AND canvas = ? AND tile = ? ORDER BY at, id LIMIT ?`,
  ),
  commits: query<OutboxRow>(
    database,
    `SELECT ${outboxColumns} FROM outbox WHERE canvas = ? AND tile = ? AND seq > ? AND epoch = ? ORDER BY seq LIMIT ?`,
  ),
  // A commit raises its tile's durable head when it is marked as published. So the durable heads and the unpublished commits are enough, and the
  // published part of the log need not be read.
  heads: query<{ tile: TileNumber; head: Seq }>(
    database,
    `SELECT tile, max(head) AS head FROM (
       SELECT tile, tail AS head FROM tails WHERE canvas = ?
       UNION ALL
       SELECT tile, max(seq) AS head FROM outbox WHERE canvas = ? AND seq IS NOT NULL AND published_at IS NULL GROUP BY tile
     ) GROUP BY tile`,
  ),
})
