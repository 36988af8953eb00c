/** Boards and the log in SQLite. For a reader's thread. */
import type { DatabaseSync } from 'node:sqlite'
import { type Board, emptyBoard, undoCommits } from '../../../lib/board.ts'
import { asSeq, type CanvasId, type Seq, type TileNumber } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { hasTile } from '../../../lib/geometry.ts'
import { isReadable } from '../entry-content.ts'
import { pixelsAt } from '../pixels-at.ts'
import type { LogPage, PixelRef, ReadCommits, StoredPixel, TileRef } from '../port.ts'
import { createRowPage, type PackedRows, packRows } from './packed-commits.ts'
import { query } from './query.ts'
import { type OutboxRow, outboxColumns, pixelsOf } from './rows.ts'
import { createCanvasReader } from './sqlite-canvases.ts'
import { createHeadReader } from './tile-head.ts'

type PackedLogPage = (Omit<Extract<LogPage, { kind: 'page' }>, 'commits'> & { packed: PackedRows }) | Exclude<LogPage, { kind: 'page' }>

/** Makes all reads of one call see the same state. */
export type Snapshot = <Result>(run: () => Result) => Result

/** Pixels that one row describes. Each position in a part, plus one, must be a character below the surrogates. */
const partPixels = 4_096

export const createSqliteLogReader = (database: DatabaseSync, snapshot: Snapshot) => {
  const sql = statements(database)
  const getCanvas = createCanvasReader(database)
  const headOf = createHeadReader(database)

  const canvasWith = ({ canvas: id, tile }: TileRef): Canvas | null => {
    const canvas = getCanvas(id)
    return canvas && hasTile(canvas, tile) ? canvas : null
  }

  const readColors = ({ canvas, tile }: TileRef, colors: Uint8Array) => {
    for (let from = 0; from < colors.length; from += partPixels) {
      const pairs = sql.colorsOfPart.get(from, canvas, tile, from, from + partPixels)?.pairs ?? ''
      for (let index = 0; index < pairs.length; index += 2) colors[from + pairs.charCodeAt(index) - 1] = pairs.charCodeAt(index + 1) - 1
    }
  }

  return {
    readBoard: (ref: TileRef): Board | null =>
      snapshot(() => {
        const canvas = canvasWith(ref)
        if (!canvas) return null
        const board = emptyBoard(canvas)
        readColors(ref, board.colors)
        const newestFirst = sql.unsequenced.all(ref.canvas, ref.tile, -1).reverse()
        undoCommits(
          board.colors,
          newestFirst.map((row) => ({ pixels: pixelsOf(row) })),
        )
        board.seq = headOf(ref)
        return board
      }),

    readUnsequencedPixels({ canvas, tile, position, maxCommits }: PixelRef & { maxCommits: number }): StoredPixel[] {
      const rows = sql.unsequenced.all(canvas, tile, maxCommits)
      return rows.flatMap((row) => pixelsAt({ ...row, pixels: pixelsOf(row) }, position))
    },

    readCommits: ({ after, limit, maxPixels, ...ref }: ReadCommits): PackedLogPage | null =>
      snapshot((): PackedLogPage | null => {
        const canvas = canvasWith(ref)
        if (!canvas) return null
        const { epoch } = canvas
        const head = headOf(ref)
        const page = createRowPage(maxPixels)
        let oldestKept = asSeq(head + 1)
        for (const commit of sql.commits.iterate(ref.canvas, ref.tile, after, limit)) {
          const isNext = commit.seq === after + 1 + page.commits.length
          if (!isNext || !isReadable(commit.kind, commit.pixels)) {
            // A commit that cannot be decoded counts as one that has expired.
            oldestKept = asSeq(isNext ? commit.seq + 1 : commit.seq)
            break
          }
          if (!page.add(commit)) break
        }
        if (page.commits.length === 0 && after < head) return { kind: 'trimmed', epoch, head, oldestKept }
        return { kind: 'page', epoch, head, packed: packRows(page.commits) }
      }),

    readHeads: (canvas: CanvasId): Map<TileNumber, Seq> => new Map(sql.heads.all(canvas, canvas).map(({ tile, head }) => [tile, head])),
  }
}

const statements = (database: DatabaseSync) => ({
  // Two characters for each pixel: its position in the part and its colour, each plus one. One row for each pixel takes six times as long.
  colorsOfPart: query<{ pairs: string | null }>(
    database,
    `SELECT group_concat(char(position - ? + 1, color + 1), '') AS pairs FROM pixels
     WHERE canvas = ? AND tile = ? AND position >= ? AND position < ?`,
  ),
  unsequenced: query<OutboxRow>(
    database,
    `SELECT ${outboxColumns} FROM outbox WHERE seq IS NULL AND canvas = ? AND tile = ? ORDER BY at, id LIMIT ?`,
  ),
  commits: query<OutboxRow>(database, `SELECT ${outboxColumns} FROM outbox WHERE canvas = ? AND tile = ? AND seq > ? ORDER BY seq LIMIT ?`),
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
