/** Why a scheduled backup or its verification failed, in the terms of an operator. */
import type { BackupProblemCode } from '../../lib/backups.ts'
import { primaryCodeOf } from '../store/sqlite/sqlite-fault.ts'
import { BackupError } from './manifest.ts'

export class BackupFailure extends BackupError {
  readonly problem: BackupProblemCode
  constructor(problem: BackupProblemCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.problem = problem
  }
}

const byErrno: Readonly<Record<string, BackupProblemCode>> = {
  ENOENT: 'folder_missing',
  ENOTDIR: 'folder_missing',
  EACCES: 'folder_not_writable',
  EPERM: 'folder_not_writable',
  EROFS: 'folder_not_writable',
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
}
const sqliteFull = 13

/** The code of a system call's error. */
export const errnoOf = (error: unknown): string | null => {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : null
}

/** `usesServer`: what is not a fault of the folder is one of the database server. */
export const problemOf = (error: unknown, { usesServer }: { usesServer: boolean }): { code: BackupProblemCode; detail: string } => {
  const detail = error instanceof Error ? error.message : String(error)
  let isDamaged = false
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof BackupFailure) return { code: cause.problem, detail }
    const code = byErrno[errnoOf(cause) ?? ''] ?? (primaryCodeOf(cause) === sqliteFull ? 'disk_full' : null)
    if (code) return { code, detail }
    isDamaged ||= cause instanceof BackupError && cause.cause === undefined
  }
  return { code: usesServer && !isDamaged ? 'store_unavailable' : 'failed', detail }
}
