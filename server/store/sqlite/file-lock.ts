/**
 * One process per SQLite file. Two servers would each keep boards and queues of their own, and a restore would replace the file under a server.
 *
 * The lock is an exclusive SQLite transaction on an empty file beside the database. The kernel holds it for this process and releases it when the
 * process ends, however it ends. It also holds across containers that share a volume, where process ids mean nothing. Locking the database itself
 * would keep `audit` and `backup` from reading it.
 */
import { closeSync, openSync, realpathSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** SQLITE_BUSY: another connection holds the lock. Extended codes keep it in the low byte. */
const isBusy = (error: unknown) => (Number((error as { errcode?: unknown }).errcode) & 0xff) === 5

/** SQLITE_FULL: the disk has no space for the lock. */
const isFull = (error: unknown) => (Number((error as { errcode?: unknown }).errcode) & 0xff) === 13

const resolved = (file: string) => {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

/**
 * Only makes the file when it is missing, and opens it in no other case: closing any descriptor of a file releases all locks that this process
 * has on it (POSIX). The file stays after the lock is released, because removing a locked file lets two processes lock two files of one name.
 */
const makePrivate = (file: string) => {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** The lock file of a database. A symbolic link and its target share one. */
export const lockFileOf = (databaseFile: string) => `${resolved(databaseFile).replace(/\.db$/, '')}.lock.db`

/**
 * Takes the lock of a database file and answers how to release it.
 * @throws when another process holds it, or when the folder has no working locks.
 */
export const lockFile = (databaseFile: string): (() => void) => {
  const file = lockFileOf(databaseFile)
  makePrivate(file)
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (isBusy(error)) {
      throw new Error(
        `Another Fresco process uses ${databaseFile}, on this machine or in another container. Stop it first, or give this one another DATA_DIR. Several servers on one board need MongoDB and Redis.`,
      )
    }
    if (isFull(error)) throw new Error(`The disk of ${databaseFile} is full. Free some space and start again.`)
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `The lock file ${file} cannot be used (${reason}). If it is damaged, stop every Fresco on this DATA_DIR and remove it. DATA_DIR must be on a file system that supports locks.`,
    )
  }
  return () => lock.close()
}
