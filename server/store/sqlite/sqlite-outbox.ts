/** The outbox in SQLite: sequencing, publishing and trimming. */
import type { DatabaseSync } from 'node:sqlite'
import { tileKey } from '../../../lib/tile-key.ts'
import { isReadable } from '../entry-content.ts'
import type { Backlog, BatchOptions, Mark, Store } from '../port.ts'
import { isIn } from '../tile-filter.ts'
import { createSeqAssigner } from './assign-seqs.ts'
import { query } from './query.ts'
import { createRowPage, type OutboxRow, outboxColumns, type UnpublishedRow } from './rows.ts'
import { createErasedFilter } from './sqlite-canvases.ts'
import type { Transaction } from './transactions.ts'

/** Commits that one transaction removes, so that placements do not wait until a week of log is gone. */
export const trimPart = 1_000

/** For the writer's thread. */
export const createSqliteOutbox = (database: DatabaseSync, transaction: Transaction) => {
  const sql = statements(database)
  const assignSeqs = createSeqAssigner(database)
  const erasedFilter = createErasedFilter(database)

  const readUnsequenced = ({ limit, tiles }: BatchOptions): readonly OutboxRow[] => {
    const isWanted = isIn(tiles)
    const isErased = erasedFilter()
    const page = createRowPage<OutboxRow>()
    for (const row of sql.unsequenced.iterate()) {
      if (isWanted(row) && !isErased(row) && (!page.add(row) || page.commits.length === limit)) break
    }
    return page.commits
  }

  return {
    /** The commits that got their seqs. */
    sequence(options: BatchOptions): UnpublishedRow[] {
      if (sql.anyUnsequenced.get() === undefined) return []
      return transaction(() => assignSeqs(readUnsequenced(options), 1))
    },

    getUnpublished({ limit, tiles }: BatchOptions): UnpublishedRow[] {
      const page = createRowPage<UnpublishedRow>()
      const isWanted = isIn(tiles)
      const isErased = erasedFilter()
      const blocked = new Set<string>()
      for (const commit of sql.unpublished.iterate()) {
        if (!isWanted(commit) || isErased(commit) || blocked.has(tileKey(commit))) continue
        if (!isReadable(commit.kind, commit.pixels)) blocked.add(tileKey(commit))
        if (!page.add(commit) || page.commits.length === limit) break
      }
      return page.commits
    },

    markAsPublished(commits: readonly Mark[], nowMs: number) {
      transaction(() => {
        for (const { id } of commits) {
          sql.raiseHead.run(id)
          sql.markPublished.run(nowMs, id)
        }
      })
    },

    /** A part of a `trim`. When it removes less than `trimPart`, nothing is left to remove. */
    trimPart({ publishedBeforeMs, keysBeforeMs }: Parameters<Store['trim']>[0]) {
      sql.forgetKeys.run(keysBeforeMs)
      return Number(sql.trim.run(publishedBeforeMs, trimPart).changes)
    },
  }
}

/** For the reader's thread. */
export const createSqliteOutboxReader = (database: DatabaseSync) => {
  const backlog = query<Backlog>(
    database,
    `SELECT (SELECT count(*) FROM outbox WHERE seq IS NULL) AS unsequenced,
            (SELECT count(*) FROM outbox WHERE seq IS NOT NULL AND published_at IS NULL) AS unpublished,
            (SELECT min(at) FROM outbox WHERE seq IS NULL OR published_at IS NULL) AS oldestAtMs,
            (SELECT count(*) FROM dead_letters) AS dead`,
  )
  return { backlog: () => backlog.get() as Backlog }
}

const statements = (database: DatabaseSync) => ({
  anyUnsequenced: database.prepare('SELECT 1 FROM outbox WHERE seq IS NULL LIMIT 1'),
  unsequenced: query<OutboxRow>(database, `SELECT ${outboxColumns} FROM outbox WHERE seq IS NULL ORDER BY at, id`),
  // The limit must cut off a prefix of each tile's log, so the order is that of the seqs.
  unpublished: query<UnpublishedRow>(
    database,
    `SELECT ${outboxColumns}, attempts FROM outbox INDEXED BY outbox_unpublished
     WHERE seq IS NOT NULL AND published_at IS NULL ORDER BY canvas, tile, seq`,
  ),
  markPublished: database.prepare('UPDATE outbox SET published_at = ? WHERE id = ? AND seq IS NOT NULL AND published_at IS NULL'),
  // From the row, so that a commit that was erased meanwhile raises no head of the new epoch.
  raiseHead: database.prepare(
    `INSERT INTO tails (canvas, tile, tail) SELECT canvas, tile, seq FROM outbox WHERE id = ? AND seq IS NOT NULL
     ON CONFLICT DO UPDATE SET tail = max(tail, excluded.tail)`,
  ),
  forgetKeys: database.prepare('DELETE FROM remembered WHERE at < ?'),
  trim: database.prepare('DELETE FROM outbox WHERE rowid IN (SELECT rowid FROM outbox WHERE published_at < ? LIMIT ?)'),
})
