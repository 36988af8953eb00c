/** The sessions of operators in SQLite: rows of the table `settings`. */
import type { DatabaseSync } from 'node:sqlite'
import { type AdminSession, adminSessionEnd, adminSessionPrefix, sessionsToRemove } from '../admin-sessions-port.ts'
import { query } from './query.ts'
import { createSettingWriter } from './settings.ts'
import type { Transaction } from './transactions.ts'

/** For the reader's thread. */
export const createSqliteAdminSessionReader = (database: DatabaseSync) => {
  const list = query<{ value: string }>(database, 'SELECT value FROM settings WHERE name >= ? AND name < ?')
  return {
    readAdminSessions: () => list.all(adminSessionPrefix, adminSessionEnd).map(({ value }) => JSON.parse(value) as AdminSession),
  }
}

/** For the writer's thread. */
export const createSqliteAdminSessions = (database: DatabaseSync, transaction: Transaction) => {
  const { readAdminSessions } = createSqliteAdminSessionReader(database)
  const saveSetting = createSettingWriter(database)
  const remove = database.prepare('DELETE FROM settings WHERE name = ?')
  const removeAll = database.prepare('DELETE FROM settings WHERE name >= ? AND name < ?')
  return {
    saveAdminSession: (session: AdminSession, nowMs: number) =>
      transaction(() => {
        saveSetting(adminSessionPrefix + session.id, JSON.stringify(session))
        for (const id of sessionsToRemove(readAdminSessions(), nowMs)) remove.run(adminSessionPrefix + id)
      }),
    removeAdminSession: (id: string) => void remove.run(adminSessionPrefix + id),
    removeAllAdminSessions: () => void removeAll.run(adminSessionPrefix, adminSessionEnd),
  }
}
