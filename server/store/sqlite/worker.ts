/**
 * The worker threads of the SQLite store: one writes, the others read. Each answers calls `{ id, method, args }` one after another with
 * `{ id, result }` or `{ id, error }`.
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
  /** This thread runs the checkpoints, so that the writer need not. */
  readonly checkpoints?: boolean
  /** For the writer. */
  readonly failpoints?: FailpointSpec
}

export interface Call {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

export type Answer =
  | { id: number; result: unknown }
  | { id: number; error: { code: StoreErrorCode; message: string; reason: WriteFault | null } }

/** The first message, after the database was opened or cannot be opened. `methods` are the names of the methods. */
export type Ready = { ready: true; methods: readonly string[] } | { ready: false; message: string }

const { file, part, checkpoints = false, failpoints = {} } = workerData as WorkerData

/** Pages of 4 KB. Under constant writes, the checkpoints of another thread cannot restart the log. At this bound, the writer's own checkpoint does. */
const maxLogPages = 16_000

const open = () => {
  const database = new DatabaseSync(file, { timeout: 5_000 })
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = ${maxLogPages}`,
  )
  if (part === 'writer') migrate(database)
  // `query_only` still allows checkpoints; a read-only connection does not.
  else database.exec('PRAGMA query_only = ON')
  if (checkpoints) keepCheckpointing(database)
  return database
}

const boardBytes = (result: unknown): ArrayBuffer[] => {
  const { colors, codes } = (result ?? {}) as { colors?: unknown; codes?: unknown }
  return [colors, codes].flatMap((bytes) => (bytes instanceof Uint8Array ? [bytes.buffer as ArrayBuffer] : []))
}

const answer = (message: Answer | Ready, transferred: ArrayBuffer[] = []) => parentPort?.postMessage(message, transferred)

const serve = (database: DatabaseSync) => {
  const methods = (part === 'writer'
    ? createSqliteWriter({ database, file, failpoints: createFailpoints(failpoints) })
    : createSqliteReader(database)) as unknown as Record<string, (...args: unknown[]) => unknown>

  parentPort?.on('message', ({ id, method, args }: Call) => {
    if (method === 'close') {
      database.close()
      answer({ id, result: null })
      parentPort?.close()
      return
    }
    try {
      const result = methods[method]?.(...args)
      answer({ id, result }, boardBytes(result))
    } catch (error) {
      // After an error of SQLite (locked, full, I/O), the transaction was rolled back, so nothing was changed.
      const code = error instanceof StoreError ? error.code : 'unavailable'
      answer({ id, error: { code, message: sqliteMessageOf(error), reason: sqliteFaultOf(error, file) } })
    }
  })
  answer({ ready: true, methods: Object.keys(methods) })
}

try {
  serve(open())
  keepCompiled()
} catch (error) {
  answer({ ready: false, message: error instanceof Error ? error.message : String(error) })
}
