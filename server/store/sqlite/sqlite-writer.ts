/**
 * Everything that changes the database: placing, sequencing, marking, trimming. Runs in the writer's worker thread, one
 * transaction after another; the database has one writer, so BEGIN IMMEDIATE is the whole of its concurrency control.
 */
import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId } from '../../../lib/brand.ts'
import type { Canvas, CanvasChange } from '../../../lib/canvas.ts'
import { firstCommitId, type GroupPlan, type IdempotencyRecord, planGroup, type RequestOutcome } from '../../../lib/plan-group.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import type { Failpoints } from '../../failpoints.ts'
import { isReadable } from '../entry-content.ts'
import { encodePixelBlob } from '../pixel-blob.ts'
import { type Mark, type PlacementGroup, StoreError, type TileRef } from '../port.ts'
import { isIn } from '../tile-filter.ts'
import { createRowPage, type PackedCommits, packRows } from './packed-commits.ts'
import { canvasOf, type OutboxRow } from './rows.ts'
import { createSqliteAdminSessions } from './sqlite-admin-sessions.ts'
import { createSqliteDeadLetters } from './sqlite-dead-letters.ts'
import { createFileGuard } from './sqlite-fault.ts'
import { createSqlitePointWriter } from './sqlite-points.ts'
import { createSqliteProjector } from './sqlite-projections.ts'
import { createHeadReader } from './tile-head.ts'

type WaitingRow = Pick<OutboxRow, 'id' | 'canvas' | 'tile'>

/** Commits that are removed at a time, so that placements do not wait for a week of log to go. */
export const trimPart = 1_000

/** A small write can work on a full disk, in room that SQLite has already. */
const leastFreeBytes = 1_048_576
const checkName = 'write-check'

export const createSqliteWriter = (options: { database: DatabaseSync; file: string; failpoints: Failpoints }) => {
  const { database, file, failpoints } = options
  const sql = statements(database)

  const ensureFiles = createFileGuard(file)

  const rollback = () => {
    if (database.isTransaction) sql.rollback.run()
  }

  const transaction = <Result>(run: () => Result): Result => {
    ensureFiles()
    try {
      sql.begin.run()
      const result = run()
      sql.commit.run()
      return result
    } catch (error) {
      rollback()
      throw error
    }
  }

  /**
   * A transaction that a power failure may take back: it comes without an fsync, fifty times cheaper, and is on the disk with the next placement at
   * the latest. For what is found again by itself: numbers are given again as they were, a commit that is not marked is published again, which is a
   * duplicate, and a projection that is not there is made from the log. WAL lets go of the newest transactions only, so what it was made from is never lost before it.
   */
  const lightTransaction = <Result>(run: () => Result): Result => {
    sql.withoutSync.run()
    try {
      return transaction(run)
    } finally {
      sql.withSync.run()
    }
  }

  const headOf = createHeadReader(database)

  const planOf = (group: PlacementGroup) => {
    const canvases = new Map<CanvasId, Canvas | null>()
    return planGroup(group.id, group.requests, {
      nowMs: group.nowMs,
      chargesNowMs: group.chargesNowMs ?? group.nowMs,
      canvas(id) {
        const known = canvases.get(id)
        if (known !== undefined) return known
        const canvas = canvasOf(sql.canvas.get(id))
        canvases.set(id, canvas)
        return canvas
      },
      charges(painter, canvas) {
        const row = sql.charges.get(painter, canvas)
        return row ? { count: Number(row['count']), sinceMs: Number(row['since']) } : null
      },
      pixel(canvas, tile, position) {
        const row = sql.pixel.get(canvas, tile, position)
        return row ? { color: Number(row['color']), atMs: Number(row['at']) } : null
      },
      idempotencyRecord(painter, key) {
        const row = sql.idempotencyRecord.get(painter, key)
        return row ? (JSON.parse(String(row['value'])) as IdempotencyRecord) : null
      },
    })
  }

  const save = (plan: GroupPlan, keysAtMs: number) => {
    for (const { canvas, tile, position, color, by, atMs, cause } of plan.pixels) {
      sql.savePixel.run(canvas, tile, position, color, by, atMs, cause)
    }
    for (const { painter, canvas, state } of plan.charges) sql.saveCharges.run(painter, canvas, state.count, state.sinceMs)
    for (const { painter, key, value } of plan.idempotencyRecords)
      sql.saveIdempotencyRecord.run(painter, key, keysAtMs, JSON.stringify(value))
    for (const { id, canvas, tile, epoch, atMs, cause, pixels } of plan.commits) {
      sql.saveCommit.run(id, canvas, tile, epoch, atMs, cause, encodePixelBlob(pixels))
    }
  }

  /** COMMIT failed, so ask the database itself: the first commit is there exactly when the transaction is. */
  const settle = (group: PlacementGroup, plan: GroupPlan, cause: unknown): RequestOutcome[] => {
    let saved: boolean
    try {
      rollback()
      saved = plan.commits.length === 0 || sql.commitExists.get(firstCommitId(group.id)) !== undefined
    } catch {
      throw new StoreError('outcome_unknown', 'The outcome of a transaction could not be found out.', { cause })
    }
    if (saved) return [...plan.outcomes]
    throw new StoreError('unavailable', 'The transaction was not saved.', { cause })
  }

  /** `rows`: in the order of `(at, id)`. `attempts`: 1 when the first try to publish follows. */
  const assignSeqs = <Row extends WaitingRow>(rows: readonly Row[], attempts: 0 | 1): (Row & { seq: number })[] => {
    const heads = new Map<string, number>()
    return rows.map((row) => {
      const key = tileKey(row)
      const seq = (heads.get(key) ?? headOf(row)) + 1
      sql.setSeq.run(seq, attempts, row.id)
      heads.set(key, seq)
      return { ...row, seq }
    })
  }

  const readUnsequenced = (limit: number, tiles: readonly TileRef[] | null | undefined): readonly OutboxRow[] => {
    const isWanted = isIn(tiles)
    const page = createRowPage()
    for (const row of sql.unsequencedWhole.iterate()) {
      const waiting = row as unknown as OutboxRow
      if (isWanted(waiting) && !page.add(waiting)) break
      if (page.commits.length === limit) break
    }
    return page.commits
  }

  /**
   * Numbers that a power failure has taken back are given again, the same ones, before anything is placed that could come before them by its time
   * (decision 18): once, inside the first placement's transaction.
   */
  let oldHaveSeqs = false
  const assignOldSeqs = () => {
    if (!oldHaveSeqs) assignSeqs(sql.unsequenced.all() as unknown as WaitingRow[], 0)
  }

  const place = (group: PlacementGroup): RequestOutcome[] => {
    let plan: GroupPlan | undefined
    let committing = false
    ensureFiles()
    try {
      sql.begin.run()
      assignOldSeqs()
      plan = planOf(group)
      if (plan.commits.length === 0) {
        rollback()
        return [...plan.outcomes]
      }
      save(plan, group.chargesNowMs ?? group.nowMs)
      failpoints.hitSync('placement.before-commit')
      committing = true
      sql.commit.run()
      oldHaveSeqs = true
    } catch (error) {
      if (plan && committing) return settle(group, plan, error)
      rollback()
      throw error
    }
    try {
      failpoints.hitSync('placement.after-commit')
    } catch (cause) {
      // It is saved, so "nothing was changed" would be wrong from here on.
      throw new StoreError('outcome_unknown', 'A fault came after the transaction was saved.', { cause })
    }
    return [...plan.outcomes]
  }

  return {
    ...createSqliteDeadLetters({ database, transaction }),
    ...createSqliteAdminSessions({ database, transaction }),
    ...createSqliteProjector({ database, transaction: lightTransaction }),
    ...createSqlitePointWriter({ database, transaction: lightTransaction }),

    ping: () => void sql.unsequenced.get(),

    checkWritable() {
      const { bavail, bsize } = statfsSync(dirname(file))
      if (bavail * bsize < leastFreeBytes) throw new StoreError('unavailable', 'The disk is full.', { reason: 'disk_full' })
      transaction(() => void sql.saveSetting.run(checkName, String(Date.now())))
    },

    ensureCanvas(canvas: Canvas): Canvas {
      return transaction(() => {
        const there = canvasOf(sql.canvas.get(canvas.id))
        if (there) return there
        sql.addCanvas.run(canvas.id, JSON.stringify(canvas))
        return canvas
      })
    },

    updateCanvas(id: CanvasId, change: CanvasChange): Canvas | null {
      return transaction(() => {
        const canvas = canvasOf(sql.canvas.get(id))
        if (!canvas) return null
        const changed = { ...canvas, ...change, rev: canvas.rev + 1 }
        sql.saveCanvas.run(JSON.stringify(changed), id)
        return changed
      })
    },

    place,

    /** The commits that got a number; null when there are none. */
    sequence({ limit, tiles }: { limit: number; tiles?: readonly TileRef[] | null }): PackedCommits | null {
      if (sql.unsequenced.get() === undefined) return null
      return lightTransaction(() => packRows(assignSeqs(readUnsequenced(limit, tiles), 1)))
    },

    /** `attempts` in the order of the commits. */
    getUnpublished({
      limit,
      tiles,
    }: {
      limit: number
      tiles?: readonly TileRef[] | null
    }): PackedCommits & { attempts: readonly number[] } {
      const page = createRowPage<OutboxRow & { attempts: number }>()
      const isWanted = isIn(tiles)
      const blocked = new Set<string>()
      for (const row of sql.unpublished.iterate()) {
        const commit = row as unknown as OutboxRow & { attempts: number }
        if (!isWanted(commit) || blocked.has(tileKey(commit))) continue
        if (!isReadable(commit.kind, commit.pixels)) blocked.add(tileKey(commit))
        if (!page.add(commit) || page.commits.length === limit) break
      }
      return { ...packRows(page.commits), attempts: page.commits.map(({ attempts }) => attempts) }
    },

    markAsPublished(commits: readonly Mark[], nowMs: number) {
      if (commits.length === 0) return
      lightTransaction(() => {
        const heads = new Map<string, Mark>()
        for (const commit of commits) {
          const key = tileKey(commit)
          if ((heads.get(key)?.seq ?? 0) < commit.seq) heads.set(key, commit)
        }
        for (const { canvas, tile, seq } of heads.values()) sql.raiseHead.run(canvas, tile, seq)
        for (const { id } of commits) sql.markPublished.run(nowMs, id)
      })
    },

    /** A part of what `trim` is asked for: less than `trimPart` removed means that nothing is left. */
    trimPart({ publishedBeforeMs, keysBeforeMs }: { publishedBeforeMs: number; keysBeforeMs: number }) {
      sql.forgetKeys.run(keysBeforeMs)
      return Number(sql.trim.run(publishedBeforeMs, trimPart).changes)
    },
  }
}

export type SqliteWriter = ReturnType<typeof createSqliteWriter>

const statements = (database: DatabaseSync) => ({
  begin: database.prepare('BEGIN IMMEDIATE'),
  commit: database.prepare('COMMIT'),
  rollback: database.prepare('ROLLBACK'),
  withSync: database.prepare('PRAGMA synchronous = FULL'),
  withoutSync: database.prepare('PRAGMA synchronous = NORMAL'),
  canvas: database.prepare('SELECT body FROM canvases WHERE id = ?'),
  addCanvas: database.prepare('INSERT INTO canvases (id, made, body) SELECT ?, count(*), ? FROM canvases'),
  saveCanvas: database.prepare('UPDATE canvases SET body = ? WHERE id = ?'),
  charges: database.prepare('SELECT count, since FROM charges WHERE painter = ? AND canvas = ?'),
  saveCharges: database.prepare(
    'INSERT INTO charges (painter, canvas, count, since) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = excluded.count, since = excluded.since',
  ),
  pixel: database.prepare('SELECT color, at FROM pixels WHERE canvas = ? AND tile = ? AND position = ?'),
  savePixel: database.prepare(
    'INSERT INTO pixels (canvas, tile, position, color, painter, at, cause) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET color = excluded.color, painter = excluded.painter, at = excluded.at, cause = excluded.cause',
  ),
  idempotencyRecord: database.prepare('SELECT value FROM remembered WHERE painter = ? AND key = ?'),
  saveIdempotencyRecord: database.prepare('INSERT OR REPLACE INTO remembered (painter, key, at, value) VALUES (?, ?, ?, ?)'),
  forgetKeys: database.prepare('DELETE FROM remembered WHERE at < ?'),
  saveCommit: database.prepare('INSERT INTO outbox (id, canvas, tile, epoch, at, cause, pixels) VALUES (?, ?, ?, ?, ?, ?, ?)'),
  commitExists: database.prepare('SELECT 1 FROM outbox WHERE id = ?'),
  unsequenced: database.prepare('SELECT id, canvas, tile FROM outbox WHERE seq IS NULL ORDER BY at, id'),
  unsequencedWhole: database.prepare(
    'SELECT id, canvas, tile, epoch, at, cause, pixels, kind FROM outbox WHERE seq IS NULL ORDER BY at, id',
  ),
  setSeq: database.prepare('UPDATE outbox SET seq = ?, attempts = ? WHERE id = ? AND seq IS NULL'),
  // `at` rises with `seq` inside a tile only for pixels that collide, so the tile's order is seq; the limit must still cut a
  // prefix of every tile. Ordering by (canvas, tile, seq) does both.
  unpublished: database.prepare(
    'SELECT id, canvas, tile, epoch, at, cause, pixels, seq, attempts, kind FROM outbox INDEXED BY outbox_unpublished WHERE seq IS NOT NULL AND published_at IS NULL ORDER BY canvas, tile, seq',
  ),
  markPublished: database.prepare('UPDATE outbox SET published_at = ? WHERE id = ? AND seq IS NOT NULL AND published_at IS NULL'),
  raiseHead: database.prepare(
    'INSERT INTO tails (canvas, tile, tail) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET tail = max(tail, excluded.tail)',
  ),
  saveSetting: database.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value'),
  trim: database.prepare('DELETE FROM outbox WHERE rowid IN (SELECT rowid FROM outbox WHERE published_at < ? LIMIT ?)'),
})
