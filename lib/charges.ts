/**
 * The cooldown. A painter has up to `maxCharges` charges and gains one every `cooldownMs`.
 *
 * The state is a count and the time since which the next charge grows. So no timer is needed, and an operator can change the
 * rules at any time. Times are milliseconds since the Unix epoch.
 */
import type { Canvas } from './canvas.ts'
import type { UndoCount } from './undo-rate.ts'

export type ChargeRules = Pick<Canvas, 'cooldownMs' | 'maxCharges' | 'startCharges'>

/** Whether charges may differ by the other rules although time has not passed. */
export const isOtherPace = (one: ChargeRules, other: ChargeRules) =>
  one.cooldownMs !== other.cooldownMs || one.maxCharges !== other.maxCharges || one.startCharges !== other.startCharges

export interface ChargeState {
  /** The charges at `sinceMs`. */
  readonly count: number
  /** Since when the next charge grows. */
  readonly sinceMs: number
  /** No charge grows before the painter's first pixel. */
  readonly rests?: true
  /** Absent before the painter's first undo. */
  readonly undone?: UndoCount
}

/** Charges in the form of PROTOCOL.md. All fields are null on a canvas without a cooldown. */
export type Charges =
  | { available: number; max: number; nextChargeAt: string | null; nextChargeInMs: number | null }
  | { available: null; max: null; nextChargeAt: null; nextChargeInMs: null }

export const unlimited: Charges = { available: null, max: null, nextChargeAt: null, nextChargeInMs: null }

/**
 * The charges of a painter who has never painted on this canvas. They do not grow beyond the start charges, so that unused painters
 * collect none. If there are no start charges, the painter gains one after a cooldown.
 */
export const newPainterCharges = (rules: ChargeRules, createdAtMs: number, nowMs: number): ChargeState => {
  const count = Math.min(rules.startCharges, rules.maxCharges)
  // The time of day, which dates the painter, may be ahead of the clock of charges. More than a cooldown is a clock that was set.
  const isGrowing = count === 0 && Math.abs(nowMs - createdAtMs) < rules.cooldownMs
  return isGrowing ? { count, sinceMs: createdAtMs } : { count: Math.max(1, count), sinceMs: nowMs, rests: true }
}

/** Adds the charges that have grown until `nowMs`. A clock that was set back removes no charge and adds none until it has caught up. */
export const refill = (rules: ChargeRules, state: ChargeState, nowMs: number): ChargeState => {
  if (state.rests) return { ...state, sinceMs: nowMs }
  if (rules.cooldownMs === 0 || state.count >= rules.maxCharges) {
    return { count: rules.maxCharges, sinceMs: Math.max(state.sinceMs, nowMs) }
  }
  const grown = Math.max(0, Math.floor((nowMs - state.sinceMs) / rules.cooldownMs))
  if (state.count + grown >= rules.maxCharges) return { count: rules.maxCharges, sinceMs: Math.max(state.sinceMs, nowMs) }
  return { count: state.count + grown, sinceMs: state.sinceMs + grown * rules.cooldownMs }
}

export type Spending = { ok: true; state: ChargeState } | { ok: false; retryAfterMs: number }

/** Spends one charge, or returns the time until there is one. */
export const spend = (rules: ChargeRules, state: ChargeState, nowMs: number): Spending => {
  const now = refill(rules, state, nowMs)
  if (now.count < 1) return { ok: false, retryAfterMs: Math.max(1, now.sinceMs + rules.cooldownMs - Math.max(nowMs, now.sinceMs)) }
  return { ok: true, state: { count: now.count - 1, sinceMs: now.sinceMs } }
}

/** Gives the charge of an undone pixel back: after the refill, and never above the most. */
export const refund = (rules: ChargeRules, state: ChargeState, nowMs: number): ChargeState => {
  const now = refill(rules, state, nowMs)
  return now.count < rules.maxCharges ? { count: now.count + 1, sinceMs: now.sinceMs } : now
}

/** `wallMs` is the time of day, for the time of the next charge that a person reads. */
export const showCharges = (rules: ChargeRules, state: ChargeState, nowMs: number, wallMs = nowMs): Charges => {
  if (rules.cooldownMs === 0) return unlimited
  const now = refill(rules, state, nowMs)
  const isGrowing = now.count < rules.maxCharges && !now.rests
  const nextInMs = Math.max(0, now.sinceMs + rules.cooldownMs - Math.max(nowMs, now.sinceMs))
  return {
    available: now.count,
    max: rules.maxCharges,
    nextChargeAt: isGrowing ? new Date(wallMs + nextInMs).toISOString() : null,
    nextChargeInMs: isGrowing ? nextInMs : null,
  }
}
