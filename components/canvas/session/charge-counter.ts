/**
 * The painter's charges: the server's last value, less the pending placements, plus what has grown since. It keeps the display correct
 * between two answers and refuses at once what the server would refuse.
 */
import { type ChargeRules, type ChargeState, type Charges, refill, showCharges, spend, unlimited } from '../../../lib/charges.ts'
import type { CanvasInfo } from './types.ts'

type Rules = Pick<CanvasInfo, 'cooldownMs' | 'maxCharges'>

export class ChargeCounter {
  #rules: ChargeRules = { cooldownMs: 0, maxCharges: 1, startCharges: 0 }
  /** Null until the server has sent charges. */
  #state: ChargeState | 'unlimited' | null = null

  setRules({ cooldownMs, maxCharges }: Rules) {
    this.#rules = { cooldownMs, maxCharges, startCharges: 0 }
    if (cooldownMs === 0) this.#state = 'unlimited'
    else if (this.#state === 'unlimited') this.#state = null
  }

  /** The server's charges at `nowMs`. They do not include the `unanswered` placements, which will cost one charge each. */
  update(charges: Charges, unanswered: number, nowMs: number) {
    if (charges.available === null || this.#rules.cooldownMs === 0) {
      this.#state = 'unlimited'
      return
    }
    const grownMs = charges.nextChargeInMs === null ? 0 : Math.max(0, this.#rules.cooldownMs - charges.nextChargeInMs)
    // A painter who has not painted yet has no next charge: charges grow from the first placement on.
    const rests = charges.nextChargeInMs === null && charges.available < this.#rules.maxCharges && unanswered === 0
    const count = Math.max(0, charges.available - unanswered)
    this.#state = { count, sinceMs: nowMs - grownMs, ...(rests ? { rests } : {}) }
  }

  /** The server refused a placement because there was no charge. */
  setEmpty(retryAfterMs: number, nowMs: number) {
    if (this.#rules.cooldownMs === 0) return
    this.#state = { count: 0, sinceMs: nowMs - Math.max(0, this.#rules.cooldownMs - retryAfterMs) }
  }

  /** Takes one charge, or returns the time until there is one. Unknown charges are not refused. */
  spend(nowMs: number): { ok: true } | { ok: false; retryAfterMs: number } {
    if (this.#state === null || this.#state === 'unlimited') return { ok: true }
    const spending = spend(this.#rules, this.#state, nowMs)
    if (!spending.ok) return spending
    this.#state = spending.state
    return { ok: true }
  }

  /** Placements were taken back without a cost. */
  giveBack(count: number, nowMs: number) {
    if (this.#state === null || this.#state === 'unlimited') return
    const state = refill(this.#rules, this.#state, nowMs)
    this.#state = refill(this.#rules, { ...state, count: state.count + count }, nowMs)
  }

  show(nowMs: number): Charges | null {
    if (this.#state === null) return null
    return this.#state === 'unlimited' ? unlimited : showCharges(this.#rules, this.#state, nowMs)
  }
}
