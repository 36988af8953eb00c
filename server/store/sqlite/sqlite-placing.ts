/** Placing in SQLite, and the reads about painters and their placements. */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId, PainterId, PlacementId } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import type { ChargeState } from '../../../lib/charges.ts'
import { parsePlacementId } from '../../../lib/commit.ts'
import { firstCommitId, type GroupPlan, type IdempotencyRecord, planGroup, type RequestOutcome } from '../../../lib/plan-group.ts'
import type { Failpoints } from '../../failpoints.ts'
import { type PixelRef, type PlacementGroup, type Receipt, type StoredPixel, StoreError } from '../port.ts'
import { createSeqAssigner } from './assign-seqs.ts'
import { type BoardTables, createBoardTables } from './board-tables.ts'
import { query } from './query.ts'
import { type OutboxRow, pixelsOf } from './rows.ts'
import { createErasedFilter } from './sqlite-canvases.ts'
import { createSqliteUndoReader } from './sqlite-undo-reader.ts'
import type { createTransactions } from './transactions.ts'

const createChargeReader = (database: DatabaseSync) => {
  const charges = query<{ count: number; sinceMs: number; undone: number; undoneSinceMs: number }>(
    database,
    'SELECT count, since AS sinceMs, undone, undone_since AS undoneSinceMs FROM charges WHERE painter = ? AND canvas = ?',
  )
  return (painter: PainterId, canvas: CanvasId): ChargeState | null => {
    const row = charges.get(painter, canvas)
    if (!row) return null
    const { count, sinceMs, undone, undoneSinceMs } = row
    return { count, sinceMs, ...(undone > 0 && { undone: { count: undone, sinceMs: undoneSinceMs } }) }
  }
}

const createGroupPlanner = (database: DatabaseSync, tables: BoardTables) => {
  const getCharges = createChargeReader(database)
  const idempotencyRecord = query<{ value: string }>(database, 'SELECT value FROM remembered WHERE painter = ? AND key = ?')
  const undoReads = createSqliteUndoReader(database)
  return ({ id, requests, nowMs, chargesNowMs = nowMs }: PlacementGroup) => {
    const canvases = new Map<CanvasId, Canvas | null>()
    const canvasOf = (canvas: CanvasId) => {
      if (!canvases.has(canvas)) canvases.set(canvas, tables.getCanvas(canvas))
      return canvases.get(canvas) ?? null
    }
    return planGroup(id, requests, {
      nowMs,
      chargesNowMs,
      canvas: canvasOf,
      ...undoReads(canvasOf),
      charges: getCharges,
      pixel: (canvas, tile, position) => tables.getPixel({ canvas, tile }, position),
      idempotencyRecord(painter, key) {
        const row = idempotencyRecord.get(painter, key)
        return row ? (JSON.parse(row.value) as IdempotencyRecord) : null
      },
    })
  }
}

/** COMMIT failed. The transaction was saved exactly if the database has the group's first commit. */
const createSettler =
  (rollback: () => void, { commitExists }: ReturnType<typeof statements>) =>
  (group: PlacementGroup, plan: GroupPlan, cause: unknown): GroupPlan => {
    let saved: boolean
    try {
      rollback()
      saved = commitExists.get(firstCommitId(group.id)) !== undefined
    } catch {
      throw new StoreError('outcome_unknown', 'The outcome of a transaction is unknown.', { cause })
    }
    if (saved) return plan
    throw new StoreError('unavailable', 'The transaction was not saved.', { cause })
  }

/** For the writer's thread. */
export const createSqlitePlacing = (options: {
  database: DatabaseSync
  transactions: ReturnType<typeof createTransactions>
  failpoints: Failpoints
}) => {
  const { database, failpoints } = options
  const { settledTransaction, rollback } = options.transactions
  const tables = createBoardTables(database)
  const planOf = createGroupPlanner(database, tables)
  const assignSeqs = createSeqAssigner(database)
  const erasedFilter = createErasedFilter(database)
  const sql = statements(database)
  const settle = createSettler(rollback, sql)

  const save = (plan: GroupPlan, keysAtMs: number) => {
    for (const pixel of plan.pixels) tables.savePixel(pixel)
    for (const { painter, canvas, state } of plan.charges) {
      const { count, sinceMs, undone } = state
      sql.saveCharges.run(painter, canvas, count, sinceMs, undone?.count ?? 0, undone?.sinceMs ?? 0)
    }
    for (const { painter, key, value } of plan.idempotencyRecords) {
      sql.saveIdempotencyRecord.run(painter, key, keysAtMs, JSON.stringify(value))
    }
    for (const commit of plan.commits) tables.addCommit(commit)
  }

  const assignOldSeqs = () => {
    const isErased = erasedFilter()
    assignSeqs(
      sql.unsequenced.all().filter((row) => !isErased(row)),
      0,
    )
  }

  /** A power failure may have taken back seqs. The first placement assigns them again, before a new commit can sort before them (decision 18). */
  let oldHaveSeqs = false

  return {
    place(group: PlacementGroup): RequestOutcome[] {
      const { outcomes, commits } = settledTransaction(
        () => {
          if (!oldHaveSeqs) assignOldSeqs()
          const plan = planOf(group)
          if (plan.commits.length === 0) return plan
          save(plan, group.chargesNowMs ?? group.nowMs)
          failpoints.hitSync('placement.before-commit')
          return plan
        },
        (cause, plan) => settle(group, plan, cause),
      )
      oldHaveSeqs = true
      try {
        if (commits.length > 0) failpoints.hitSync('placement.after-commit')
      } catch (cause) {
        throw new StoreError('outcome_unknown', 'A failure came after the transaction was saved.', { cause })
      }
      return [...outcomes]
    },
  }
}

/** For the reader's thread. */
export const createSqlitePlacingReader = (database: DatabaseSync) => {
  const latestCharge = query<{ latestMs: number | null }>(database, 'SELECT max(since) AS latestMs FROM charges')
  const pixel = query<StoredPixel>(
    database,
    'SELECT color, painter AS "by", at AS atMs, cause FROM pixels WHERE canvas = ? AND tile = ? AND position = ?',
  )
  const commit = query<Omit<OutboxRow, 'seq'> & Pick<Receipt, 'seq'> & { publishedAtMs: number | null }>(
    database,
    'SELECT canvas, tile, at AS atMs, cause, pixels, seq, published_at AS publishedAtMs, kind FROM outbox WHERE id = ?',
  )
  const deadPixels = query<Pick<OutboxRow, 'pixels' | 'kind'>>(database, 'SELECT pixels, kind FROM dead_letters WHERE id = ?')
  return {
    latestChargeMs: (): number | null => latestCharge.get()?.latestMs ?? null,
    getCharges: createChargeReader(database),
    getPixel: ({ canvas, tile, position }: PixelRef): StoredPixel | null => pixel.get(canvas, tile, position) ?? null,

    getReceipt(id: PlacementId): Receipt | null {
      const parsed = parsePlacementId(id)
      const row = parsed && commit.get(parsed.commit)
      const content = row?.cause === 'skipped' ? deadPixels.get(parsed?.commit ?? '') : row
      const pixel = content && parsed && pixelsOf(content)[parsed.index]
      if (!row || !pixel) return null
      const { canvas, tile, atMs, seq, publishedAtMs } = row
      const state = seq === null ? 'committed' : publishedAtMs === null ? 'sequenced' : 'published'
      return { id, canvas, tile, position: pixel.position, atMs, state, seq }
    },
  }
}

const statements = (database: DatabaseSync) => ({
  saveCharges: database.prepare(
    `INSERT INTO charges (painter, canvas, count, since, undone, undone_since) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET count = excluded.count, since = excluded.since, undone = excluded.undone, undone_since = excluded.undone_since`,
  ),
  saveIdempotencyRecord: database.prepare('INSERT OR REPLACE INTO remembered (painter, key, at, value) VALUES (?, ?, ?, ?)'),
  commitExists: database.prepare('SELECT 1 FROM outbox WHERE id = ?'),
  unsequenced: query<Pick<OutboxRow, 'id' | 'canvas' | 'tile' | 'epoch'>>(
    database,
    'SELECT id, canvas, tile, epoch FROM outbox WHERE seq IS NULL ORDER BY at, id',
  ),
})
