/** The points of the last hour in SQLite, so that a restarted server still shows them. */
import type { DatabaseSync } from 'node:sqlite'
import { heartbeatsKeptMs, maxPoints, type StoredPoint } from '../membership-port.ts'
import { query } from './query.ts'
import type { Transaction } from './transactions.ts'

/** For the writer's thread. */
export const createSqlitePoints = (database: DatabaseSync, transaction: Transaction) => {
  const save = database.prepare('INSERT OR IGNORE INTO points (at, body) VALUES (?, ?)')
  const forget = database.prepare('DELETE FROM points WHERE at <= ?')
  return {
    savePoint: ({ atMs, body }: StoredPoint) =>
      transaction(() => {
        save.run(atMs, body)
        forget.run(atMs - heartbeatsKeptMs)
      }),
  }
}

/** For the reader's thread. */
export const createSqlitePointReader = (database: DatabaseSync) => {
  const newest = query<StoredPoint>(database, 'SELECT at AS atMs, body FROM points WHERE at >= ? ORDER BY at DESC LIMIT ?')
  return { readPoints: ({ sinceMs }: { sinceMs: number }) => newest.all(sinceMs, maxPoints).reverse() }
}
