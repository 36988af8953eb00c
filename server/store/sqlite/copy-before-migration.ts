/** Copies an older database before its migration, which cannot be undone: an older Fresco refuses a newer file. */
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { schemaVersion } from './schema.ts'

export interface Migration {
  readonly from: number
  readonly to: number
  /** The file with the database before the migration. */
  readonly copy: string
}

/** 0 for a new file. Also 0 for a file that is no database; opening the store reports that error. */
const versionOf = (file: string): number => {
  try {
    const database = new DatabaseSync(file, { timeout: 5_000 })
    try {
      return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
    } finally {
      database.close()
    }
  } catch {
    return 0
  }
}

const copyTo = (file: string, copy: string) => {
  const draft = `${file}.copying`
  rmSync(draft, { force: true })
  // SQLite writes into an existing empty file and keeps its rights.
  closeSync(openSync(draft, 'wx', 0o600))
  const database = new DatabaseSync(file, { timeout: 5_000 })
  try {
    database.prepare('VACUUM INTO ?').run(draft)
    renameSync(draft, copy)
  } finally {
    database.close()
    rmSync(draft, { force: true })
  }
}

/**
 * Copies a database that needs a migration. Calls `onMigration` first, because copying a large board takes a while. The database must be locked.
 * @throws an error for the operator when the copy fails.
 */
export const copyBeforeMigration = (file: string, onMigration: (migration: Migration) => void) => {
  const from = existsSync(file) ? versionOf(file) : 0
  if (from === 0 || from >= schemaVersion) return
  const copy = `${file}.schema-${from}.${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  onMigration({ from, to: schemaVersion, copy })
  try {
    copyTo(file, copy)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(
      `${file} could not be copied before its migration (${reason}). Check that the disk has free space. The database was not changed.`,
      {
        cause,
      },
    )
  }
}
