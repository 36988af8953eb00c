/** Commits that cannot be published, in SQLite: attempts, dead letters (see `lib/dead-letter.ts`), and whether publishing is paused. */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId, CommitId, Position } from '../../../lib/brand.ts'
import { controlKind, planAnnounceAgain } from '../../../lib/control-log.ts'
import {
  type AddedCommit,
  type DeadLetter,
  planDeadLetter,
  planRequeue,
  type Retried,
  type StuckCommit,
  suspectFrom,
} from '../../../lib/dead-letter.ts'
import { isErased } from '../../../lib/erasing.ts'
import { firstCommitId } from '../../../lib/plan-group.ts'
import { tryDecodeContent } from '../entry-content.ts'
import { encodePixelBlob } from '../pixel-blob.ts'
import type { Attempted, Store } from '../port.ts'
import { type BoardTables, createBoardTables } from './board-tables.ts'
import { query } from './query.ts'
import { type OutboxRow, outboxColumns, type Stored, sequencedOf } from './rows.ts'
import { createSettingWriter } from './settings.ts'
import { createChangeWriter } from './sqlite-canvases.ts'
import type { Transaction } from './transactions.ts'

const maxErrorLength = 500
const pausedName = 'publishing-paused'

type DeadLetterRow = Stored<DeadLetter>
const deadLetterColumns = `${outboxColumns}, attempts, error, died_at AS diedAtMs, restored_at AS restoredAtMs`

const deadLetterOf = ({ kind, pixels, ...row }: DeadLetterRow): DeadLetter => ({ ...row, pixels: [], ...tryDecodeContent(kind, pixels) })

/** Adds a commit and its pixels. Adds nothing when there are no pixels. */
const createCommitAdder =
  ({ getCanvas, savePixel, addCommit }: BoardTables) =>
  ({ canvas, tile, ...ref }: Pick<DeadLetter, 'canvas' | 'tile' | 'epoch'>, added: AddedCommit) => {
    const { groupId, cause, rowKind, atMs, pixels } = added
    if (pixels.length === 0) return
    const epoch = getCanvas(canvas)?.epoch ?? ref.epoch
    for (const { position, color, by } of pixels) savePixel({ canvas, tile, position, color, by, atMs, cause: rowKind })
    addCommit({ id: firstCommitId(groupId), canvas, tile, epoch, atMs, cause, pixels })
  }

const createAnnouncer =
  ({ getCanvas }: BoardTables, saveChange: ReturnType<typeof createChangeWriter>) =>
  (id: CanvasId, options: { groupId: string; nowMs: number }): Retried => {
    const canvas = getCanvas(id)
    if (!canvas) return { placed: 0 }
    const plan = planAnnounceAgain(canvas, options)
    saveChange(plan)
    return { placed: 0, rev: plan.canvas.rev }
  }

/** For the writer's thread. */
export const createSqliteDeadLetters = (database: DatabaseSync, transaction: Transaction) => {
  const sql = statements(database)
  const tables = createBoardTables(database)
  const addCommit = createCommitAdder(tables)
  const saveSetting = createSettingWriter(database)
  const announceAgain = createAnnouncer(tables, createChangeWriter(database))

  return {
    countAttempts: (commits: readonly Attempted[]) =>
      transaction(() => {
        for (const { id, attempts } of commits) sql.countAttempt.run(id, attempts)
      }),

    noteFailure: ({ ids, error, uncount }: Parameters<Store['noteFailure']>[0]) =>
      transaction(() => {
        for (const id of ids) sql.noteFailure.run(error.slice(0, maxErrorLength), uncount ? 1 : 0, id)
      }),

    resetAttempts: (id: CommitId): boolean => Number(sql.resetAttempts.run(id).changes) > 0,

    moveToDeadLetters: ({ id, attempts, groupId, nowMs }: Parameters<Store['moveToDeadLetters']>[0]): boolean =>
      transaction(() => {
        const row = sql.failed.get(id, attempts)
        if (!row || isErased(tables.getCanvas(row.canvas), row)) return false
        const commit = sequencedOf(row)
        const rowAtMs = (position: Position) => tables.getPixel(commit, position)?.atMs ?? null
        const { restored, isOpen, relink } = planDeadLetter(commit, { rowAtMs, nowMs })
        sql.addDeadLetter.run(nowMs, restored.atMs, id)
        if (isOpen()) {
          for (const later of sql.later.all(commit.canvas, commit.tile, commit.seq, commit.atMs)) {
            const content = tryDecodeContent(later.kind, later.pixels)
            const pixels = content && relink(content.pixels)
            if (pixels) sql.savePixels.run(encodePixelBlob(pixels), later.id)
          }
        }
        addCommit(commit, { groupId, cause: 'rollback', rowKind: 'skipped', ...restored })
        sql.makeTombstone.run(encodePixelBlob([]), id)
        return true
      }),

    retryDeadLetter: ({ id, groupId, nowMs }: Parameters<Store['retryDeadLetter']>[0]): Retried | null =>
      transaction(() => {
        const row = sql.deadLetter.get(id)
        if (!row || isErased(tables.getCanvas(row.canvas), row)) return null
        const deadLetter = deadLetterOf(row)
        const { cause } = deadLetter
        sql.removeDeadLetter.run(id)
        if (deadLetter.content) return announceAgain(deadLetter.canvas, { groupId, nowMs })
        const plan = planRequeue(deadLetter, { row: (position) => tables.getPixel(deadLetter, position), nowMs })
        addCommit(deadLetter, { groupId, cause, rowKind: cause, ...plan })
        return { placed: plan.pixels.length }
      }),

    discardDeadLetter: (id: CommitId): boolean => Number(sql.removeDeadLetter.run(id).changes) > 0,

    pausePublishing: (paused: boolean) => saveSetting(pausedName, paused ? '1' : '0'),
  }
}

/** For the reader's thread. */
export const createSqliteDeadLetterReader = (database: DatabaseSync) => {
  const list = query<DeadLetterRow>(database, `SELECT ${deadLetterColumns} FROM dead_letters ORDER BY died_at, id LIMIT ?`)
  // With min(), SQLite takes the other columns from the row that has the smallest seq.
  const stuck = query<StuckCommit>(
    database,
    `SELECT id, canvas, tile, min(seq) AS seq, at AS atMs, cause, attempts, last_error AS error FROM outbox
     WHERE seq IS NOT NULL AND published_at IS NULL AND attempts >= ? GROUP BY canvas, tile ORDER BY at, id LIMIT ?`,
  )
  const setting = database.prepare('SELECT value FROM settings WHERE name = ?')
  return {
    listDeadLetters: ({ limit }: { limit: number }) => list.all(limit).map(deadLetterOf),
    listStuck: ({ limit }: { limit: number }) => stuck.all(suspectFrom, limit),
    isPublishingPaused: () => setting.get(pausedName)?.['value'] === '1',
  }
}

const statements = (database: DatabaseSync) => ({
  countAttempt: database.prepare('UPDATE outbox SET attempts = attempts + 1 WHERE id = ? AND attempts = ? AND published_at IS NULL'),
  noteFailure: database.prepare('UPDATE outbox SET last_error = ?, attempts = max(0, attempts - ?) WHERE id = ? AND published_at IS NULL'),
  resetAttempts: database.prepare(
    'UPDATE outbox SET attempts = 0, last_error = NULL WHERE id = ? AND seq IS NOT NULL AND published_at IS NULL',
  ),
  failed: query<OutboxRow>(
    database,
    `SELECT ${outboxColumns} FROM outbox
     WHERE id = ? AND attempts = ? AND seq IS NOT NULL AND published_at IS NULL AND cause <> 'skipped'`,
  ),
  addDeadLetter: database.prepare(
    `INSERT INTO dead_letters (id, canvas, tile, epoch, seq, at, cause, pixels, attempts, error, died_at, restored_at, kind)
     SELECT id, canvas, tile, epoch, seq, at, cause, pixels, attempts, last_error, ?, ?, kind FROM outbox WHERE id = ?`,
  ),
  later: query<OutboxRow>(
    database,
    `SELECT ${outboxColumns} FROM outbox WHERE canvas = ? AND tile = ? AND (seq > ? OR (seq IS NULL AND at > ?))
     ORDER BY seq IS NULL, seq, at, id`,
  ),
  savePixels: database.prepare('UPDATE outbox SET pixels = ? WHERE id = ?'),
  makeTombstone: database.prepare("UPDATE outbox SET cause = 'skipped', kind = NULL, pixels = ?, attempts = 0 WHERE id = ?"),
  deadLetter: query<DeadLetterRow>(
    database,
    `SELECT ${deadLetterColumns} FROM dead_letters WHERE id = ? AND (kind IS NULL OR kind = '${controlKind}')`,
  ),
  removeDeadLetter: database.prepare('DELETE FROM dead_letters WHERE id = ?'),
})
