/**
 * Detects a store or a stream that answers but cannot write: its disk is full, it is read-only, or it is out of memory. Every call reports
 * its outcome. The log has a line when this begins, at most one a minute while it lasts, and one when writes work again.
 */
import { isWriteFault, type WriteFault } from '../../lib/write-fault.ts'
import type { Logger } from './log.ts'
import { createThrottle } from './throttle.ts'

/** Null for other errors: the part is unavailable, or the call was invalid. */
export const writeFaultOf = (error: unknown): WriteFault | null => {
  const reason = (error as { reason?: unknown } | null)?.reason
  return isWriteFault(reason) ? reason : null
}

export interface WriteWatchOptions {
  readonly part: 'store' | 'stream'
  readonly logger: Pick<Logger, 'error' | 'info'>
  /** A monotonic clock. */
  readonly now: () => number
  readonly onFailed?: (reason: WriteFault) => void
}

/** Writes count as failing until none has failed for this long. */
const settledAfterMs = 2_000

export class WriteWatch {
  readonly #options: WriteWatchOptions
  readonly #throttle
  #fault: { reason: WriteFault; sinceMs: number; lastMs: number; failures: number } | null = null

  constructor(options: WriteWatchOptions) {
    this.#options = options
    this.#throttle = createThrottle(options)
  }

  /** The reason why writes fail now; null while they work. */
  get reason(): WriteFault | null {
    return this.#fault?.reason ?? null
  }

  failed(error: unknown) {
    const reason = writeFaultOf(error)
    if (!reason) return
    const { part, logger, now, onFailed } = this.#options
    onFailed?.(reason)
    const nowMs = now()
    const { sinceMs, failures } = this.#fault ?? { sinceMs: nowMs, failures: 0 }
    this.#fault = { reason, sinceMs, lastMs: nowMs, failures: failures + 1 }
    if (this.#throttle.pass(reason) === null) return
    const detail = error instanceof Error ? error.message : String(error)
    logger.error({ event: `${part}_cannot_write`, reason, detail, failures: failures + 1, forMs: Math.round(nowMs - sinceMs) })
  }

  /** A write has succeeded. A damaged database stays damaged, even if other writes succeed. */
  worked() {
    const { part, logger, now } = this.#options
    if (!this.#fault || this.#fault.reason === 'corrupt' || now() - this.#fault.lastMs < settledAfterMs) return
    const { reason, sinceMs, failures } = this.#fault
    this.#fault = null
    logger.info({ event: `${part}_can_write_again`, reason, failures, forMs: Math.round(now() - sinceMs) })
  }
}
