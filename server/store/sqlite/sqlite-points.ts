/** The points of the last hour, so that a restarted server still shows it. */
import type { DatabaseSync } from 'node:sqlite'
import { heartbeatsKeptMs, maxPoints, type StoredPoint } from '../membership-port.ts'

export const createSqlitePointWriter = ({ database, transaction }: { database: DatabaseSync; transaction: (run: () => void) => void }) => {
  const save = database.prepare('INSERT OR IGNORE INTO points (at, body) VALUES (?, ?)')
  const forget = database.prepare('DELETE FROM points WHERE at <= ?')
  return {
    savePoint({ atMs, body }: StoredPoint) {
      transaction(() => {
        save.run(atMs, body)
        forget.run(atMs - heartbeatsKeptMs)
      })
    },
  }
}

export const createSqlitePointReader = ({ database }: { database: DatabaseSync }) => {
  const newest = database.prepare('SELECT at, body FROM points WHERE at >= ? ORDER BY at DESC LIMIT ?')
  return {
    readPoints: ({ sinceMs }: { sinceMs: number }): StoredPoint[] =>
      newest
        .all(sinceMs, maxPoints)
        .map((row) => ({ atMs: Number(row['at']), body: String(row['body']) }))
        .reverse(),
  }
}
