import type { PlaceRequest, RequestOutcome } from '../../lib/plan-group.ts'
import type { PaintBudget } from './address-budget.ts'

export interface GroupCommitQueue {
  /**
   * Saves the request in one transaction with other waiting ones. A full queue and an unavailable store are refusals (`overloaded`,
   * `unavailable`, both with `retryAfterMs`). Pixels beyond the address's `budget` are refused as `rate_limited`.
   *
   * Rejects with code `outcome_unknown` only. The caller then closes the connection without an answer (A1).
   */
  place(request: PlaceRequest, budget?: PaintBudget | null): Promise<RequestOutcome>
  /** Pixels that wait or are being saved. */
  queued(): number
  /** Aborted by `close`. Callers then stop repeating refused requests. */
  readonly closing: AbortSignal
  /** Refuses new placements and waits for the accepted ones (A7). */
  close(): Promise<void>
}
