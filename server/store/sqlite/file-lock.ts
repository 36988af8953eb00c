/**
 * One process per SQLite file: two servers would each have their own boards and queues, and a restore would replace the file of a running server.
 *
 * The lock is an exclusive SQLite transaction on an empty file beside the database. The kernel releases it when the process ends, however it ends,
 * and it also holds across containers that share a volume. A lock on the database itself would keep `audit` and `backup` from reading it.
 */
import { closeSync, openSync, realpathSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { primaryCodeOf } from './sqlite-fault.ts'

/** The result codes of SQLite (https://sqlite.org/rescode.html) for a lock that another connection holds, and for a full disk. */
const codes = { busy: 5, full: 13 }

const resolved = (file: string) => {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

/**
 * Creates the file if it is missing, and never opens an existing one: closing any descriptor of a file releases all locks of this process on it
 * (POSIX). The file is never removed, because two processes could then lock two files of the same name.
 */
const createPrivate = (file: string) => {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** A symbolic link and its target have the same lock file. */
export const lockFileOf = (databaseFile: string) => `${resolved(databaseFile).replace(/\.db$/, '')}.lock.db`

/**
 * Takes the lock of a database file and returns a function that releases it.
 * @throws when another process holds it, or when the folder has no working locks.
 */
export const lockFile = (databaseFile: string): (() => void) => {
  const file = lockFileOf(databaseFile)
  createPrivate(file)
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    const code = primaryCodeOf(error)
    if (code === codes.busy) {
      throw new Error(
        `Another Fresco process uses ${databaseFile}, on this machine or in another container. Stop it first, or give this one another DATA_DIR. Several servers on one board need MongoDB and Redis.`,
      )
    }
    if (code === codes.full) throw new Error(`The disk of ${databaseFile} is full. Free some space and start again.`)
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `The lock file ${file} cannot be used (${reason}). If it is damaged, stop every Fresco on this DATA_DIR and remove it. DATA_DIR must be on a file system that supports locks.`,
    )
  }
  return () => lock.close()
}
