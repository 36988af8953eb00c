/**
 * Why SQLite cannot write. Its own codes do not tell a quota from a file that is too large or a broken disk: all are I/O errors. So a small write beside the
 * database asks the operating system.
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

/** The code of SQLite's own error, which a `StoreError` may have as its cause. */
const primaryCodeOf = (error: unknown): number | null => {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { errcode } = at as { errcode?: unknown }
    if (typeof errcode === 'number') return errcode & 0xff
  }
  return null
}

/** SQLite's own words, without the sentences around them. */
export const sqliteMessageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

/** Writes one byte to a file of its own, as far from its beginning as SQLite's largest file is long. */
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

/** Null for an error that says nothing about writing, such as a lock that is held. */
export const sqliteFaultOf = (error: unknown, file: string): WriteFault | null => {
  if (error instanceof StoreError && error.reason !== null) return error.reason
  const code = primaryCodeOf(error)
  if (code === null) return null
  return certain[code] ?? (uncertain[code] ? (trySystem(file) ?? uncertain[code]) : null)
}

/**
 * SQLite goes on writing to files that were deleted or replaced, and what it writes is lost with the process. Answers a function that throws when the
 * database or its log is not the file any more that was opened.
 */
export const createFileGuard = (file: string) => {
  const files = [file, `${file}-wal`].map((name) => ({ name, inode: null as number | null }))
  return () => {
    for (const known of files) {
      const inode = statSync(known.name, { throwIfNoEntry: false })?.ino ?? null
      known.inode ??= inode
      if (known.inode === null || inode === known.inode) continue
      throw new StoreError('unavailable', `The file ${known.name} was deleted or replaced while the server used it.`, { reason: 'missing' })
    }
  }
}
