/** What placing looks like from outside: HTTP and sockets call it, the group-committing commitQueue implements it. */
import type { PlaceRequest, RequestOutcome } from '../../lib/plan-group.ts'
import type { PaintBudget } from './address-budget.ts'

export interface GroupCommitQueue {
  /**
   * Saves the request together with whatever else is waiting. A full queue and a store that is down come back as refusals
   * (`overloaded`, `unavailable`, both with `retryAfterMs`). Rejects with code `outcome_unknown` only: then the connection is to be closed without an
   * answer (A1). Pixels beyond the `budget` of the painter's address are refused as `rate_limited`.
   */
  place(request: PlaceRequest, budget?: PaintBudget | null): Promise<RequestOutcome>
  /** How many placements wait or are being saved. */
  queued(): number
  /** Aborted by `close`. Whoever would try again when refused stops trying. */
  readonly closing: AbortSignal
  /** Refuses new placements and waits for the accepted ones (A7). */
  close(): Promise<void>
}
