/**
 * Everything that only reads: boards, the log, pixels, receipts. Runs in a worker thread and on a connection of its own,
 * so that a board of a million pixels does not keep placements waiting; WAL readers see one committed snapshot per
 * transaction and block nobody.
 */
import type { DatabaseSync } from 'node:sqlite'
import { type Board, emptyBoard, undoCommits } from '../../../lib/board.ts'
import {
  asCanvasId,
  asPainterId,
  asPosition,
  asSeq,
  asTile,
  type CanvasId,
  type PainterId,
  type PlacementId,
  type Position,
  type Seq,
  type TileNumber,
} from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import type { ChargeState } from '../../../lib/charges.ts'
import { type CommitKind, parsePlacementId } from '../../../lib/commit.ts'
import { hasTile } from '../../../lib/geometry.ts'
import { isReadable, tryDecodeContent } from '../entry-content.ts'
import { pixelsAt } from '../pixels-at.ts'
import type { Backlog, LogPage, ReadCommits, Receipt, StoredPixel, TileRef } from '../port.ts'
import { createRowPage, type PackedCommits, packRows } from './packed-commits.ts'
import { canvasOf, type OutboxRow } from './rows.ts'
import { createSqliteAdminSessionReader } from './sqlite-admin-sessions.ts'
import { createSqliteAuditReader } from './sqlite-audit.ts'
import { createSqliteDeadLetterReader } from './sqlite-dead-letters.ts'
import { createSqlitePointReader } from './sqlite-points.ts'
import { createSqliteProjectionReader } from './sqlite-projections.ts'
import { createHeadReader } from './tile-head.ts'

export type PackedLogPage =
  | (Omit<Extract<LogPage, { kind: 'page' }>, 'commits'> & { packed: PackedCommits })
  | Exclude<LogPage, { kind: 'page' }>

/** None when they cannot be decoded: then the board shows what the database has. */
const pixelsOf = ({ kind, pixels }: Pick<OutboxRow, 'kind' | 'pixels'>) => tryDecodeContent(kind, pixels)?.pixels ?? []

/** Positions in a part, plus one, are characters below the surrogates. */
const partPixels = 4_096

export const createSqliteReader = ({ database }: { database: DatabaseSync }) => {
  const sql = statements(database)

  /** All reads of one call see the same state. */
  const snapshot = <Result>(run: () => Result): Result => {
    sql.begin.run()
    try {
      return run()
    } finally {
      sql.end.run()
    }
  }

  const headOf = createHeadReader(database)
  const projections = createSqliteProjectionReader({ database })

  const canvasWith = ({ canvas: id, tile }: TileRef): Canvas | null => {
    const canvas = canvasOf(sql.canvas.get(id))
    return canvas && hasTile(canvas, tile) ? canvas : null
  }

  const readColors = ({ canvas, tile }: TileRef, colors: Uint8Array) => {
    for (let from = 0; from < colors.length; from += partPixels) {
      const pairs = sql.colorsOfPart.get(from, canvas, tile, from, from + partPixels)?.['pairs']
      if (typeof pairs !== 'string') continue
      for (let index = 0; index < pairs.length; index += 2) colors[from + pairs.charCodeAt(index) - 1] = pairs.charCodeAt(index + 1) - 1
    }
  }

  return {
    ...createSqliteDeadLetterReader({ database }),
    ...createSqliteAdminSessionReader({ database }),
    ...projections,
    ...createSqliteAuditReader({ database, snapshot, readCursors: projections.readCursors }),
    ...createSqlitePointReader({ database }),
    ping: () => void sql.one.get(),
    listCanvases: (): Canvas[] => sql.canvases.all().flatMap((row) => canvasOf(row) ?? []),
    getCanvas: (id: CanvasId) => canvasOf(sql.canvas.get(id)),

    latestChargeMs(): number | null {
      const latest = sql.latestCharge.get()?.['latest'] ?? null
      return latest === null ? null : Number(latest)
    },

    getCharges(painter: PainterId, canvas: CanvasId): ChargeState | null {
      const row = sql.charges.get(painter, canvas)
      return row ? { count: Number(row['count']), sinceMs: Number(row['since']) } : null
    },

    getPixel({ canvas, tile, position }: TileRef & { position: Position }): StoredPixel | null {
      const row = sql.pixel.get(canvas, tile, position)
      return row
        ? {
            color: Number(row['color']),
            by: asPainterId(String(row['painter'])),
            atMs: Number(row['at']),
            cause: String(row['cause']) as CommitKind,
          }
        : null
    },

    getReceipt(id: PlacementId): Receipt | null {
      const parsed = parsePlacementId(id)
      const row = parsed && sql.commit.get(parsed.commit)
      const blob = row && (row['cause'] === 'skipped' ? sql.deadPixels.get(parsed.commit)?.['pixels'] : row['pixels'])
      const pixel = blob && tryDecodeContent(row['kind'] as string | null, blob as Uint8Array)?.pixels[parsed.index]
      if (!row || !pixel) return null
      const seq = row['seq'] === null ? null : asSeq(Number(row['seq']))
      return {
        id,
        canvas: asCanvasId(String(row['canvas'])),
        tile: asTile(Number(row['tile'])),
        position: asPosition(pixel.position),
        atMs: Number(row['at']),
        state: seq === null ? 'committed' : row['published_at'] === null ? 'sequenced' : 'published',
        seq,
      }
    },

    backlog(): Backlog {
      const row = sql.backlog.get()
      const oldest = row?.['oldest']
      return {
        unsequenced: Number(row?.['unsequenced'] ?? 0),
        unpublished: Number(row?.['unpublished'] ?? 0),
        oldestAtMs: oldest === null || oldest === undefined ? null : Number(oldest),
        dead: Number(row?.['dead'] ?? 0),
      }
    },

    readUnsequencedPixels({ canvas, tile, position, maxCommits }: TileRef & { position: Position; maxCommits: number }): StoredPixel[] {
      return sql.firstUnsequencedOf.all(canvas, tile, maxCommits).flatMap((row) => {
        const commit = row as unknown as OutboxRow
        return pixelsAt({ atMs: commit.at, cause: commit.cause as CommitKind, pixels: pixelsOf(commit) }, position)
      })
    },

    readBoard(ref: TileRef): Board | null {
      return snapshot(() => {
        const canvas = canvasWith(ref)
        if (!canvas) return null
        const board = emptyBoard(canvas)
        readColors(ref, board.colors)
        const unsequenced = sql.unsequencedOf.all(ref.canvas, ref.tile)
        undoCommits(
          board.colors,
          unsequenced.map((row) => ({ pixels: pixelsOf(row as unknown as OutboxRow) })),
        )
        board.seq = headOf(ref)
        return board
      })
    },

    readCommits({ after, limit, maxPixels, ...ref }: ReadCommits): PackedLogPage | null {
      return snapshot((): PackedLogPage | null => {
        const canvas = canvasWith(ref)
        if (!canvas) return null
        const { epoch } = canvas
        const head = headOf(ref)
        const oldestKept = asSeq(Number(sql.nextSeq.get(ref.canvas, ref.tile, after)?.['seq'] ?? head + 1))
        if (after < head && oldestKept > after + 1) return { kind: 'trimmed', epoch, head, oldestKept }
        const page = createRowPage(maxPixels)
        for (const row of sql.commits.iterate(ref.canvas, ref.tile, after, limit)) {
          const commit = row as unknown as OutboxRow
          if (commit.seq !== after + 1 + page.commits.length) break
          if (!isReadable(commit.kind, commit.pixels)) {
            if (page.commits.length > 0) break
            return { kind: 'trimmed', epoch, head, oldestKept: asSeq(after + 2) }
          }
          if (!page.add(commit)) break
        }
        return { kind: 'page', epoch, head, packed: packRows(page.commits) }
      })
    },

    readHeads(canvas: CanvasId): Map<TileNumber, Seq> {
      return snapshot(() => {
        const rows = sql.heads.all(canvas, canvas)
        return new Map(rows.map((row) => [asTile(Number(row['tile'])), asSeq(Number(row['head']))]))
      })
    },
  }
}

export type SqliteReader = ReturnType<typeof createSqliteReader>

const statements = (database: DatabaseSync) => ({
  begin: database.prepare('BEGIN'),
  end: database.prepare('ROLLBACK'),
  one: database.prepare('SELECT count(*) FROM canvases'),
  canvas: database.prepare('SELECT body FROM canvases WHERE id = ?'),
  canvases: database.prepare('SELECT body FROM canvases ORDER BY made'),
  latestCharge: database.prepare('SELECT max(since) AS latest FROM charges'),
  charges: database.prepare('SELECT count, since FROM charges WHERE painter = ? AND canvas = ?'),
  pixel: database.prepare('SELECT color, painter, at, cause FROM pixels WHERE canvas = ? AND tile = ? AND position = ?'),
  // Two characters for each pixel, its position in the part and its colour, each plus one: a row for each would take six times as long.
  colorsOfPart: database.prepare(
    `SELECT group_concat(char(position - ? + 1, color + 1), '') AS pairs FROM pixels
     WHERE canvas = ? AND tile = ? AND position >= ? AND position < ?`,
  ),
  commit: database.prepare('SELECT canvas, tile, at, cause, pixels, seq, published_at, kind FROM outbox WHERE id = ?'),
  deadPixels: database.prepare('SELECT pixels FROM dead_letters WHERE id = ?'),
  commits: database.prepare(
    'SELECT id, canvas, tile, epoch, at, cause, pixels, seq, kind FROM outbox WHERE canvas = ? AND tile = ? AND seq > ? ORDER BY seq LIMIT ?',
  ),
  unsequencedOf: database.prepare(
    'SELECT pixels, kind FROM outbox WHERE seq IS NULL AND canvas = ? AND tile = ? ORDER BY at DESC, id DESC',
  ),
  firstUnsequencedOf: database.prepare(
    'SELECT at, cause, pixels, kind FROM outbox WHERE seq IS NULL AND canvas = ? AND tile = ? ORDER BY at, id LIMIT ?',
  ),
  nextSeq: database.prepare('SELECT seq FROM outbox WHERE canvas = ? AND tile = ? AND seq > ? ORDER BY seq LIMIT 1'),
  // Every sequenced commit was unpublished once and raised its head when it was marked, so heads and the unpublished are all
  // there is: the published part of the log need not be looked at.
  heads: database.prepare(
    `SELECT tile, max(head) AS head FROM (
       SELECT tile, tail AS head FROM tails WHERE canvas = ?
       UNION ALL
       SELECT tile, max(seq) AS head FROM outbox WHERE canvas = ? AND seq IS NOT NULL AND published_at IS NULL GROUP BY tile
     ) GROUP BY tile`,
  ),
  backlog: database.prepare(
    `SELECT (SELECT count(*) FROM outbox WHERE seq IS NULL) AS unsequenced,
            (SELECT count(*) FROM outbox WHERE seq IS NOT NULL AND published_at IS NULL) AS unpublished,
            (SELECT min(at) FROM outbox WHERE seq IS NULL OR published_at IS NULL) AS oldest,
            (SELECT count(*) FROM dead_letters) AS dead`,
  ),
})
