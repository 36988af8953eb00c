/** The sessions of operators in SQLite: rows of the table `settings`. */
import type { DatabaseSync } from 'node:sqlite'
import { type AdminSession, adminSessionEnd, adminSessionPrefix, superfluousSessions } from '../admin-sessions-port.ts'

const reading = (database: DatabaseSync) => {
  const list = database.prepare('SELECT value FROM settings WHERE name >= ? AND name < ?')
  return () => list.all(adminSessionPrefix, adminSessionEnd).map((row) => JSON.parse(String(row['value'])) as AdminSession)
}

/** For the writer's thread. */
export const createSqliteAdminSessions = (options: { database: DatabaseSync; transaction: <Result>(run: () => Result) => Result }) => {
  const { database, transaction } = options
  const read = reading(database)
  const save = database.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  const remove = database.prepare('DELETE FROM settings WHERE name = ?')
  const removeAll = database.prepare('DELETE FROM settings WHERE name >= ? AND name < ?')
  return {
    saveAdminSession: (session: AdminSession, nowMs: number) =>
      transaction(() => {
        save.run(adminSessionPrefix + session.id, JSON.stringify(session))
        for (const id of superfluousSessions(read(), nowMs)) remove.run(adminSessionPrefix + id)
      }),
    removeAdminSession: (id: string) => void remove.run(adminSessionPrefix + id),
    removeAllAdminSessions: () => void removeAll.run(adminSessionPrefix, adminSessionEnd),
  }
}

/** For the reader's thread. */
export const createSqliteAdminSessionReader = ({ database }: { database: DatabaseSync }) => ({ readAdminSessions: reading(database) })
