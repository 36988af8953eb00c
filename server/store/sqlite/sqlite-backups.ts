/** The state of the scheduled backups in SQLite: a row of the table `settings`. */
import type { DatabaseSync } from 'node:sqlite'
import type { BackupState } from '../../../lib/backups.ts'
import { backupsName, backupsOf, planStoredBackups } from '../backups-port.ts'
import { createSettingReader, createSettingWriter } from './settings.ts'
import type { Transaction } from './transactions.ts'

/** For the reader's thread. */
export const createSqliteBackupsReader = (database: DatabaseSync) => {
  const read = createSettingReader(database)
  return { getBackups: () => backupsOf(read(backupsName)) }
}

/** For the writer's thread. */
export const createSqliteBackups = (database: DatabaseSync, transaction: Transaction) => {
  const read = createSettingReader(database)
  const save = createSettingWriter(database)
  return {
    saveBackups: (state: BackupState): boolean =>
      transaction(() => {
        const text = planStoredBackups(read(backupsName), state)
        if (text !== null) save(backupsName, text)
        return text !== null
      }),
  }
}
