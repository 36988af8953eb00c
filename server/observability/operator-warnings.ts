/**
 * Warnings about mistakes in the setup that requests show. Each is logged with its remedy at most once a minute, counted in a metric, and
 * shown at `/admin` until ten minutes after the last one.
 */
import { type OperatorWarning, type WarningCode, warningCodes } from '../../lib/operator-warning.ts'
import { enOperations } from '../../lib/words/en-operations.ts'
import type { Logger } from './log.ts'
import { createThrottle } from './throttle.ts'

export interface OperatorWarningsOptions {
  readonly logger: Pick<Logger, 'warn'>
  readonly now: () => number
  readonly monotonicNow: () => number
  readonly onWarning?: (code: WarningCode) => void
}

export const shownForMs = 10 * 60_000
const maxDetailLength = 200

export class OperatorWarnings {
  readonly #options: OperatorWarningsOptions
  readonly #throttle
  readonly #last = new Map<WarningCode, { detail: string; count: number; lastAtMs: number; monotonicMs: number }>()

  constructor(options: OperatorWarningsOptions) {
    this.#options = options
    this.#throttle = createThrottle({ now: options.monotonicNow })
  }

  warn(code: WarningCode, detail: string) {
    const { logger, now, monotonicNow, onWarning } = this.#options
    onWarning?.(code)
    const count = (this.#last.get(code)?.count ?? 0) + 1
    const short = detail.slice(0, maxDetailLength)
    this.#last.set(code, { detail: short, count, lastAtMs: now(), monotonicMs: monotonicNow() })
    const alsoSince = this.#throttle.pass(code)
    if (alsoSince === null) return
    const { title, remedy } = enOperations.warning[code]
    logger.warn({ event: code, detail: short, meaning: title, remedy, ...(alsoSince > 0 ? { alsoSince } : {}) })
  }

  /** Removes a warning after a request has shown that the setup is right. */
  clear(code: WarningCode) {
    this.#last.delete(code)
  }

  list(): OperatorWarning[] {
    const sinceMs = this.#options.monotonicNow() - shownForMs
    return warningCodes.flatMap((code) => {
      const last = this.#last.get(code)
      if (!last || last.monotonicMs < sinceMs) return []
      return { code, detail: last.detail, count: last.count, lastAt: new Date(last.lastAtMs).toISOString() }
    })
  }
}
