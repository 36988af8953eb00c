/** Tells when charges have come back, from two states of the charges. */
import type { KnownCharges } from '../session/types.ts'

export interface ChargeEvent {
  /** `next`: the first one after all were used. `full`: all of them. */
  readonly kind: 'next' | 'full'
  /** When it was there, by the clock of the session. Tabs agree on it, however late their timers run. */
  readonly dueAtMs: number
}

/** The session's timers and its estimates are not exact. */
const toleranceMs = 500

/** A charge that comes back earlier than it is due is a refund of a refused or undone pixel. */
export const chargeEvents = (before: KnownCharges | null, after: KnownCharges | null, cooldownMs: number): ChargeEvent[] => {
  if (before?.available == null || after?.available == null || before.nextChargeInMs === null) return []
  const nextAtMs = before.receivedAtMs + before.nextChargeInMs
  const fullAtMs = nextAtMs + (after.max - before.available - 1) * cooldownMs
  const isDue = (atMs: number) => after.receivedAtMs >= atMs - toleranceMs
  const events: ChargeEvent[] = []
  if (before.available === 0 && after.available > 0 && isDue(nextAtMs)) events.push({ kind: 'next', dueAtMs: nextAtMs })
  if (before.available < after.max && after.available >= after.max && isDue(fullAtMs)) events.push({ kind: 'full', dueAtMs: fullAtMs })
  return events
}
