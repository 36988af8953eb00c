/**
 * What cannot be published, in SQLite: attempts, dead letters, and whether publishing is paused. Runs in the writer's thread; each
 * method is one transaction, and carries out a plan of `lib/dead-letter.ts`.
 */
import type { DatabaseSync } from 'node:sqlite'
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile, type CommitId, type Position } from '../../../lib/brand.ts'
import type { CommitKind } from '../../../lib/commit.ts'
import {
  type AddedCommit,
  type DeadLetter,
  type PixelRow,
  planDeadLetter,
  planRequeue,
  type StuckCommit,
  suspectFrom,
} from '../../../lib/dead-letter.ts'
import { firstCommitId } from '../../../lib/plan-group.ts'
import { tryDecodeContent } from '../entry-content.ts'
import { encodePixelBlob } from '../pixel-blob.ts'
import { canvasOf, type OutboxRow, sequencedOf } from './rows.ts'

const maxErrorLength = 500
const pausedName = 'publishing-paused'

export const deadLetterOf = (row: Record<string, unknown>): DeadLetter => ({
  id: asCommitId(String(row['id'])),
  canvas: asCanvasId(String(row['canvas'])),
  epoch: asEpoch(String(row['epoch'])),
  tile: asTile(Number(row['tile'])),
  seq: asSeq(Number(row['seq'])),
  atMs: Number(row['at']),
  cause: String(row['cause']) as CommitKind,
  pixels: [],
  ...tryDecodeContent(row['kind'] as string | null, row['pixels'] as Uint8Array),
  attempts: Number(row['attempts']),
  error: row['error'] === null ? null : String(row['error']),
  diedAtMs: Number(row['died_at']),
  restoredAtMs: Number(row['restored_at']),
})

const stuckOf = (row: Record<string, unknown>): StuckCommit => ({
  id: asCommitId(String(row['id'])),
  canvas: asCanvasId(String(row['canvas'])),
  tile: asTile(Number(row['tile'])),
  seq: asSeq(Number(row['seq'])),
  atMs: Number(row['at']),
  cause: String(row['cause']) as CommitKind,
  attempts: Number(row['attempts']),
  error: row['last_error'] === null ? null : String(row['last_error']),
})

export const createSqliteDeadLetters = (options: { database: DatabaseSync; transaction: <Result>(run: () => Result) => Result }) => {
  const { database, transaction } = options
  const sql = statements(database)

  const rowOf =
    ({ canvas, tile }: Pick<DeadLetter, 'canvas' | 'tile'>) =>
    (position: Position): PixelRow | null => {
      const row = sql.pixel.get(canvas, tile, position)
      return row ? { color: Number(row['color']), atMs: Number(row['at']), cause: String(row['cause']) as CommitKind } : null
    }

  /** Adds nothing when there are no pixels. */
  const addCommit = (ref: Pick<DeadLetter, 'canvas' | 'tile' | 'epoch'>, added: AddedCommit) => {
    const { canvas, tile } = ref
    const { groupId, cause, rowKind, atMs, pixels } = added
    if (pixels.length === 0) return
    const epoch = canvasOf(sql.canvas.get(canvas))?.epoch ?? ref.epoch
    for (const { position, color, by } of pixels) sql.savePixel.run(canvas, tile, position, color, by, atMs, rowKind)
    sql.saveCommit.run(firstCommitId(groupId), canvas, tile, epoch, atMs, cause, encodePixelBlob(pixels))
  }

  return {
    countAttempts: (ids: readonly CommitId[]) => transaction(() => void ids.forEach((id) => void sql.countAttempt.run(id))),

    noteFailure({ ids, error, uncount }: { ids: readonly CommitId[]; error: string; uncount: boolean }) {
      transaction(() => void ids.forEach((id) => void sql.noteFailure.run(error.slice(0, maxErrorLength), uncount ? 1 : 0, id)))
    },

    resetAttempts: (id: CommitId): boolean => Number(sql.resetAttempts.run(id).changes) > 0,

    moveToDeadLetters({ id, attempts, groupId, nowMs }: { id: CommitId; attempts: number; groupId: string; nowMs: number }): boolean {
      return transaction(() => {
        const row = sql.dying.get(id, attempts)
        if (!row) return false
        const commit = sequencedOf(row as unknown as OutboxRow)
        const rowAt = rowOf(commit)
        const deadLetterPlan = planDeadLetter(commit, { rowAtMs: (position) => rowAt(position)?.atMs ?? null, nowMs })
        sql.addDeadLetter.run(nowMs, deadLetterPlan.restored.atMs, id)
        if (deadLetterPlan.isOpen()) {
          for (const later of sql.later.all(commit.canvas, commit.tile, commit.seq, commit.atMs)) {
            const content = tryDecodeContent(later['kind'] as string | null, later['pixels'] as Uint8Array)
            const pixels = content && deadLetterPlan.relink(content.pixels)
            if (pixels) sql.savePixels.run(encodePixelBlob(pixels), String(later['id']))
          }
        }
        addCommit(commit, { groupId, cause: 'rollback', rowKind: 'skipped', ...deadLetterPlan.restored })
        sql.makeTombstone.run(encodePixelBlob([]), id)
        return true
      })
    },

    retryDeadLetter({ id, groupId, nowMs }: { id: CommitId; groupId: string; nowMs: number }) {
      return transaction(() => {
        const row = sql.deadLetter.get(id)
        if (!row) return null
        const deadLetter = deadLetterOf(row)
        const { cause } = deadLetter
        const requeuePlan = planRequeue(deadLetter, { row: rowOf(deadLetter), nowMs })
        sql.forget.run(id)
        addCommit(deadLetter, { groupId, cause, rowKind: cause, ...requeuePlan })
        return { placed: requeuePlan.pixels.length }
      })
    },

    discardDeadLetter: (id: CommitId): boolean => Number(sql.forget.run(id).changes) > 0,

    pausePublishing(paused: boolean) {
      sql.saveSetting.run(pausedName, paused ? '1' : '0')
    },
  }
}

/** For the reader's thread. */
export const createSqliteDeadLetterReader = ({ database }: { database: DatabaseSync }) => {
  const list = database.prepare('SELECT * FROM dead_letters ORDER BY died_at, id LIMIT ?')
  // With min(), SQLite takes the other columns from the row that has the smallest seq.
  const stuck = database.prepare(
    `SELECT id, canvas, tile, min(seq) AS seq, at, cause, attempts, last_error FROM outbox
     WHERE seq IS NOT NULL AND published_at IS NULL AND attempts >= ? GROUP BY canvas, tile ORDER BY at, id LIMIT ?`,
  )
  const setting = database.prepare('SELECT value FROM settings WHERE name = ?')
  return {
    listDeadLetters: ({ limit }: { limit: number }): DeadLetter[] => list.all(limit).map(deadLetterOf),
    listStuck: ({ limit }: { limit: number }): StuckCommit[] => stuck.all(suspectFrom, limit).map(stuckOf),
    isPublishingPaused: () => setting.get(pausedName)?.['value'] === '1',
  }
}

const statements = (database: DatabaseSync) => ({
  countAttempt: database.prepare('UPDATE outbox SET attempts = attempts + 1 WHERE id = ? AND published_at IS NULL'),
  noteFailure: database.prepare('UPDATE outbox SET last_error = ?, attempts = max(0, attempts - ?) WHERE id = ? AND published_at IS NULL'),
  resetAttempts: database.prepare(
    'UPDATE outbox SET attempts = 0, last_error = NULL WHERE id = ? AND seq IS NOT NULL AND published_at IS NULL',
  ),
  dying: database.prepare(
    "SELECT id, canvas, tile, epoch, at, cause, pixels, seq, kind FROM outbox WHERE id = ? AND attempts = ? AND seq IS NOT NULL AND published_at IS NULL AND cause <> 'skipped'",
  ),
  addDeadLetter: database.prepare(
    `INSERT INTO dead_letters (id, canvas, tile, epoch, seq, at, cause, pixels, attempts, error, died_at, restored_at, kind)
     SELECT id, canvas, tile, epoch, seq, at, cause, pixels, attempts, last_error, ?, ?, kind FROM outbox WHERE id = ?`,
  ),
  later: database.prepare(
    'SELECT id, pixels, kind FROM outbox WHERE canvas = ? AND tile = ? AND (seq > ? OR (seq IS NULL AND at > ?)) ORDER BY seq IS NULL, seq, at, id',
  ),
  savePixels: database.prepare('UPDATE outbox SET pixels = ? WHERE id = ?'),
  makeTombstone: database.prepare("UPDATE outbox SET cause = 'skipped', kind = NULL, pixels = ?, attempts = 0 WHERE id = ?"),
  deadLetter: database.prepare('SELECT * FROM dead_letters WHERE id = ? AND kind IS NULL'),
  forget: database.prepare('DELETE FROM dead_letters WHERE id = ?'),
  canvas: database.prepare('SELECT body FROM canvases WHERE id = ?'),
  pixel: database.prepare('SELECT color, at, cause FROM pixels WHERE canvas = ? AND tile = ? AND position = ?'),
  savePixel: database.prepare(
    'INSERT INTO pixels (canvas, tile, position, color, painter, at, cause) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET color = excluded.color, painter = excluded.painter, at = excluded.at, cause = excluded.cause',
  ),
  saveCommit: database.prepare('INSERT INTO outbox (id, canvas, tile, epoch, at, cause, pixels) VALUES (?, ?, ?, ?, ?, ?, ?)'),
  saveSetting: database.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value'),
})
