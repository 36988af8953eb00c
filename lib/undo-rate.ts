/** How many pixels a painter may undo in a minute, so that undoing cannot save charges for later. */
import type { ChargeRules } from './charges.ts'

export const undoWindowMs = 60_000
export const leastUndosPerMinute = 30

export const undosPerMinute = ({ maxCharges }: Pick<ChargeRules, 'maxCharges'>) => Math.max(leastUndosPerMinute, 2 * maxCharges)

/** The undone pixels of a painter on a canvas since the first one of the current minute. */
export interface UndoCount {
  readonly count: number
  readonly sinceMs: number
}

export type UndoCounted = { ok: true; undone: UndoCount } | { ok: false; retryAfterMs: number }

/** Counts one more undone pixel. A minute begins with the first one after the last minute. */
export const countUndo = (rules: Pick<ChargeRules, 'maxCharges'>, before: UndoCount | undefined, nowMs: number): UndoCounted => {
  if (!before || nowMs - before.sinceMs >= undoWindowMs) return { ok: true, undone: { count: 1, sinceMs: nowMs } }
  if (before.count >= undosPerMinute(rules)) return { ok: false, retryAfterMs: before.sinceMs + undoWindowMs - nowMs }
  return { ok: true, undone: { count: before.count + 1, sinceMs: before.sinceMs } }
}
