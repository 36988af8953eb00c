/** How many messages one socket may send: a bucket of 100 that refills by 50 a second. A6: a flood is refused, then cut off. */
const burst = 100
const perSecond = 50
/** A socket this far in debt does not listen to refusals. */
const cutOffAt = -500

export class MessageBudget {
  #left = burst
  #atMs: number

  constructor(nowMs: number) {
    this.#atMs = nowMs
  }

  take(nowMs: number): 'ok' | 'refuse' | 'cut_off' {
    this.#left = Math.min(burst, this.#left + (Math.max(0, nowMs - this.#atMs) / 1_000) * perSecond)
    this.#atMs = nowMs
    this.#left--
    if (this.#left >= 0) return 'ok'
    return this.#left > cutOffAt ? 'refuse' : 'cut_off'
  }
}
