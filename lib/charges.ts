/**
 * The cooldown: charges that refill. A painter holds up to `maxCharges`, and one comes back every `cooldownMs`.
 *
 * The state is a count and the moment from which the next charge grows, so it stays right when an operator changes the
 * rules, and nothing ticks. Times are milliseconds since the Unix epoch.
 */
import type { Canvas } from './canvas.ts'

export type ChargeRules = Pick<Canvas, 'cooldownMs' | 'maxCharges' | 'startCharges'>

export interface ChargeState {
  /** Charges at `sinceMs`. */
  readonly count: number
  /** When the charge that is now growing began to. */
  readonly sinceMs: number
  /** Nothing grows before the first pixel is painted. */
  readonly rests?: true
}

/** As PROTOCOL.md shows charges; every field is null on a canvas without cooldown. */
export type Charges =
  | { available: number; max: number; nextChargeAt: string | null; nextChargeInMs: number | null }
  | { available: null; max: null; nextChargeAt: null; nextChargeInMs: null }

export const unlimited: Charges = { available: null, max: null, nextChargeAt: null, nextChargeInMs: null }

/**
 * What a painter who has never painted here holds: the start charges and no more, so that nobody collects charges with painters
 * who only wait. Where newcomers start with none, they get one after a cooldown.
 */
export const newcomerCharges = (rules: ChargeRules, createdAtMs: number, nowMs: number): ChargeState => {
  const count = Math.min(rules.startCharges, rules.maxCharges)
  const isGrowing = count === 0 && createdAtMs <= nowMs && nowMs < createdAtMs + rules.cooldownMs
  return isGrowing ? { count, sinceMs: createdAtMs } : { count: Math.max(1, count), sinceMs: nowMs, rests: true }
}

/** The same charges, counted up to `nowMs`. A clock that went back takes nothing away and earns nothing until it has caught up. */
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

/** Spends one charge, or says how long until there is one. */
export const spend = (rules: ChargeRules, state: ChargeState, nowMs: number): Spending => {
  const now = refill(rules, state, nowMs)
  if (now.count < 1) return { ok: false, retryAfterMs: Math.max(1, now.sinceMs + rules.cooldownMs - Math.max(nowMs, now.sinceMs)) }
  return { ok: true, state: { count: now.count - 1, sinceMs: now.sinceMs } }
}

/** `wallMs` is the time of day, by which a person reads when the next charge comes. */
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
