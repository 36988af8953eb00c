/** Why MongoDB cannot write, from its error codes (https://www.mongodb.com/docs/manual/reference/error-codes/). */
import type { WriteFault } from '../../../lib/write-fault.ts'

const byCode: Readonly<Record<number, WriteFault>> = {
  13: 'permission',
  39: 'io_error',
  8000: 'quota',
  10058: 'read_only',
  10107: 'read_only',
  13435: 'read_only',
  14031: 'disk_full',
}

/** A write that failed in part has its code inside. */
const codesOf = (error: unknown): unknown[] => {
  const { code, cause, writeConcernError, result } = (error ?? {}) as Record<string, unknown>
  const inside = [writeConcernError, (result as Record<string, unknown> | undefined)?.['writeConcernError']]
  return [code, ...inside.map((one) => (one as { code?: unknown } | undefined)?.code), ...(cause instanceof Error ? codesOf(cause) : [])]
}

/** Null for an error that does not mean that writes fail. */
export const mongoFaultOf = (error: unknown): WriteFault | null => {
  for (const code of codesOf(error)) if (typeof code === 'number' && byCode[code]) return byCode[code]
  return null
}
