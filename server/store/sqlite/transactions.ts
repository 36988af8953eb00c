/** Transactions of the writer's thread. The database has one writer, so no other concurrency control than BEGIN IMMEDIATE is needed. */
import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../port.ts'

export type Transaction = <Result>(run: () => Result) => Result

/**
 * SQLite keeps writing to a file that was deleted or replaced, and those writes are lost with the process. Returns a function that throws when the
 * database or its log is no longer the file that was opened.
 */
const createFileGuard = (file: string) => {
  const files = [file, `${file}-wal`].map((name) => ({ name, inode: null as number | null }))
  return () => {
    for (const known of files) {
      const inode = statSync(known.name, { throwIfNoEntry: false })?.ino ?? null
      known.inode ??= inode
      if (inode === known.inode) continue
      throw new StoreError('unavailable', `The file ${known.name} was deleted or replaced while the server used it.`, { reason: 'missing' })
    }
  }
}

export const createTransactions = (database: DatabaseSync, file: string) => {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const rollbackStatement = database.prepare('ROLLBACK')
  const withSync = database.prepare('PRAGMA synchronous = FULL')
  const withoutSync = database.prepare('PRAGMA synchronous = NORMAL')
  const ensureFiles = createFileGuard(file)

  const rollback = () => {
    if (database.isTransaction) rollbackStatement.run()
  }

  const undo = (error: unknown): never => {
    rollback()
    throw error
  }

  /** When COMMIT fails, `settle` rolls back, and returns a result or throws. */
  const settledTransaction = <Result>(run: () => Result, settle: (error: unknown, result: Result) => Result): Result => {
    ensureFiles()
    let result: Result
    try {
      begin.run()
      result = run()
    } catch (error) {
      return undo(error)
    }
    try {
      commit.run()
    } catch (error) {
      return settle(error, result)
    }
    return result
  }

  const transaction: Transaction = (run) => settledTransaction(run, undo)

  /**
   * A transaction without fsync, for data that can be made again (decision 18): fifty times cheaper, but a power failure may take it back until the
   * next placement is synced. A power failure never takes back an older transaction without the newer ones.
   */
  const lightTransaction: Transaction = (run) => {
    withoutSync.run()
    try {
      return transaction(run)
    } finally {
      withSync.run()
    }
  }

  return { transaction, settledTransaction, lightTransaction, rollback }
}
