/**
 * The worker threads of the SQLite store: one writes, one reads and keeps checkpointing. Each answers calls `{ id, method, args }` one after
 * another with `{ id, result }` or `{ id, error }`.
 */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { WriteFault } from '../../../lib/write-fault.ts'
import { createFailpoints, type FailpointSpec } from '../../failpoints.ts'
import { keepCompiled } from '../../keep-compiled.ts'
import { StoreError, type StoreErrorCode } from '../port.ts'
import { keepCheckpointing } from './checkpoints.ts'
import { migrate } from './schema.ts'
import { sqliteFaultOf, sqliteMessageOf } from './sqlite-fault.ts'
import { createSqliteReader } from './sqlite-reader.ts'
import { createSqliteWriter } from './sqlite-writer.ts'

export interface WorkerData {
  readonly file: string
  readonly part: 'writer' | 'reader'
  /** A reader that belongs to a writer does what the writer should not wait for. */
  readonly checkpoints?: boolean
  readonly failpoints: FailpointSpec
  /** Not the thread's own: how long whoever calls it waits. */
  readonly deadlineMs?: number
}

export interface Call {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

export type Answer =
  | { id: number; result: unknown }
  | { id: number; error: { code: StoreErrorCode; message: string; reason: WriteFault | null } }
  /** Sent once, after the database was opened. */
  | { ready: true }
  | { ready: false; message: string }

const { file, part, checkpoints = false, failpoints } = workerData as WorkerData

/** Pages, of 4 KB. While somebody writes all the time the log never begins anew by checkpoints beside it: at this bound the writer carries over the little that is left, and it does. */
const maxLogPages = 16_000

const open = () => {
  const database = new DatabaseSync(file, { readOnly: false, timeout: 5_000 })
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = ${maxLogPages}`,
  )
  if (part === 'writer') migrate(database)
  // Checkpoints are allowed all the same.
  else database.exec('PRAGMA query_only = ON')
  if (checkpoints) keepCheckpointing(database)
  return database
}

const boardBytes = (result: unknown): ArrayBuffer[] => {
  const colors = (result as { colors?: unknown } | null)?.colors
  return colors instanceof Uint8Array ? [colors.buffer as ArrayBuffer] : []
}

const serve = (database: DatabaseSync) => {
  const methods = (
    part === 'writer' ? createSqliteWriter({ database, file, failpoints: createFailpoints(failpoints) }) : createSqliteReader({ database })
  ) as Record<string, (...args: unknown[]) => unknown>

  parentPort?.on('message', ({ id, method, args }: Call) => {
    if (method === 'close') {
      database.close()
      parentPort?.postMessage({ id, result: null } satisfies Answer)
      parentPort?.close()
      return
    }
    try {
      const result = methods[method]?.(...args)
      parentPort?.postMessage({ id, result } satisfies Answer, boardBytes(result))
    } catch (error) {
      // Whatever SQLite throws (locked, full, I/O) undid the transaction: nothing was changed, and trying again is right.
      const code = error instanceof StoreError ? error.code : 'unavailable'
      const reason = sqliteFaultOf(error, file)
      parentPort?.postMessage({ id, error: { code, message: sqliteMessageOf(error), reason } } satisfies Answer)
    }
  })
}

try {
  serve(open())
  parentPort?.postMessage({ ready: true } satisfies Answer)
  keepCompiled()
} catch (error) {
  parentPort?.postMessage({ ready: false, message: error instanceof Error ? error.message : String(error) } satisfies Answer)
}
