/**
 * Errors that no code expected: logged with their stack and counted, each where it was caught.
 *
 * A library that calls us back (Socket.IO, ws, node:http, timers) has no use for what we throw: the error would end the process. Such callbacks are
 * guarded, and the process continues (decision 38).
 */
import type { Logger } from './log.ts'

export interface UnexpectedErrors {
  /** Logs the error and counts it. Never throws. */
  report(where: string, error: unknown): void
  /** The same callback, which neither throws nor rejects. `onError` runs after the report, for what must be closed. */
  guard<Args extends unknown[]>(
    where: string,
    callback: (...args: Args) => unknown,
    onError?: (...args: Args) => void,
  ): (...args: Args) => void
  /** How many were reported, by place. */
  counts(): ReadonlyMap<string, number>
}

/** Lines with a stack, of one place in one minute; the rest is counted only. */
const maxLinesPerMinute = 10

export const createUnexpectedErrors = (options: { logger: Pick<Logger, 'error'>; monotonicNow: () => number }): UnexpectedErrors => {
  const counts = new Map<string, number>()
  const lines = new Map<string, { minute: number; count: number }>()

  const shouldLog = (where: string) => {
    const minute = Math.floor(options.monotonicNow() / 60_000)
    const known = lines.get(where)
    const count = known?.minute === minute ? known.count + 1 : 1
    lines.set(where, { minute, count })
    return count <= maxLinesPerMinute
  }

  const report = (where: string, error: unknown) => {
    counts.set(where, (counts.get(where) ?? 0) + 1)
    if (shouldLog(where)) options.logger.error({ event: 'unexpected_error', where, err: asError(error) })
  }

  return {
    report,
    guard(where, callback, onError) {
      return (...args) => {
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
    counts: () => counts,
  }
}

/** What was thrown may be anything; a stack is what helps. */
const asError = (thrown: unknown) =>
  thrown instanceof Error ? thrown : new Error('Something that is no Error was thrown.', { cause: thrown })
