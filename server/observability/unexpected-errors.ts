/**
 * Logs and counts errors that no code handles, by where they are caught.
 *
 * An exception in a callback of a library (Socket.IO, ws, node:http, timers) would end the process. So these callbacks are guarded, and the
 * process continues (decision 38).
 */
import type { Logger } from './log.ts'

/** For each `where`. Further errors are only counted. */
const maxLinesPerMinute = 10

export const createUnexpectedErrors = (options: { logger: Pick<Logger, 'error'>; monotonicNow: () => number }) => {
  const counts = new Map<string, number>()
  const lines = new Map<string, { minute: number; count: number }>()

  const shouldLog = (where: string) => {
    const minute = Math.floor(options.monotonicNow() / 60_000)
    const known = lines.get(where)
    const count = known?.minute === minute ? known.count + 1 : 1
    lines.set(where, { minute, count })
    return count <= maxLinesPerMinute
  }

  /** Logs the error and counts it. Never throws. */
  const report = (where: string, error: unknown) => {
    counts.set(where, (counts.get(where) ?? 0) + 1)
    if (shouldLog(where)) options.logger.error({ event: 'unexpected_error', where, err: asError(error) })
  }

  return {
    report,
    /** Wraps a callback, so that it neither throws nor rejects. `onError` runs after the report, to close resources. */
    guard<Args extends unknown[]>(where: string, callback: (...args: Args) => unknown, onError?: (...args: Args) => void) {
      return (...args: Args) => {
        const failed = (error: unknown) => {
          report(where, error)
          onError?.(...args)
        }
        try {
          const result = callback(...args)
          if (result instanceof Promise) result.catch(failed)
        } catch (error) {
          failed(error)
        }
      }
    },
    /** The number of errors, by `where`. */
    counts: (): ReadonlyMap<string, number> => counts,
  }
}

export type UnexpectedErrors = ReturnType<typeof createUnexpectedErrors>

/** Adds a stack to a thrown value that is not an error. */
const asError = (thrown: unknown) =>
  thrown instanceof Error ? thrown : new Error('A value that is not an Error was thrown.', { cause: thrown })
