/**
 * Why SQLite cannot write. Its codes do not distinguish a quota, a file that is too large and a broken disk: all are I/O errors. So a small write
 * beside the database gets the error of the operating system.
 */
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import type { WriteFault } from '../../../lib/write-fault.ts'
import { StoreError } from '../port.ts'

/** The primary result codes of SQLite (https://sqlite.org/rescode.html). */
const certain: Readonly<Record<number, WriteFault>> = { 7: 'out_of_memory', 11: 'corrupt', 13: 'disk_full', 26: 'corrupt' }
const uncertain: Readonly<Record<number, WriteFault>> = { 3: 'permission', 8: 'read_only', 10: 'io_error', 14: 'permission' }

const systemFaults: Readonly<Record<string, WriteFault>> = {
  ENOSPC: 'disk_full',
  EDQUOT: 'quota',
  EFBIG: 'file_too_large',
  EROFS: 'read_only',
  EACCES: 'permission',
  EPERM: 'permission',
  ENOENT: 'missing',
  EIO: 'io_error',
}

/** The result code of SQLite's error, which may be the cause of a `StoreError`. */
export const primaryCodeOf = (error: unknown): number | null => {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { errcode } = at as { errcode?: unknown }
    if (typeof errcode === 'number') return errcode & 0xff
  }
  return null
}

/** With SQLite's message. */
export const sqliteMessageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

/** Writes one byte at the offset where SQLite's largest file ends, in another file. */
const trySystem = (file: string): WriteFault | null => {
  const trial = `${file}-trial`
  try {
    const size = Math.max(...[file, `${file}-wal`].map((name) => statSync(name, { throwIfNoEntry: false })?.size ?? 0))
    const descriptor = openSync(trial, 'w', 0o600)
    try {
      writeSync(descriptor, 'x', size)
    } finally {
      closeSync(descriptor)
      rmSync(trial, { force: true })
    }
    return null
  } catch (error) {
    return systemFaults[String((error as NodeJS.ErrnoException).code)] ?? null
  }
}

/** Null for an error that does not mean that writes fail, such as a lock that is held. */
export const sqliteFaultOf = (error: unknown, file: string): WriteFault | null => {
  if (error instanceof StoreError && error.reason !== null) return error.reason
  const code = primaryCodeOf(error)
  if (code === null) return null
  return certain[code] ?? (uncertain[code] ? (trySystem(file) ?? uncertain[code]) : null)
}
