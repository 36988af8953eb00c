/** A token bucket: `burst` at once, refilled by `perSecond`. */
export interface BucketRate {
  readonly burst: number
  readonly perSecond: number
}

export class TokenBucket {
  readonly #rate: BucketRate
  #left: number
  #atMs: number

  constructor(rate: BucketRate, nowMs: number) {
    this.#rate = rate
    this.#left = rate.burst
    this.#atMs = nowMs
  }

  /** Takes tokens, also more than there are, and returns what is left, which may be negative. */
  take(cost: number, nowMs: number): number {
    this.#refill(nowMs)
    this.#left -= cost
    return this.#left
  }

  /** Takes tokens when there are enough. */
  tryTake(cost: number, nowMs: number): boolean {
    this.#refill(nowMs)
    if (this.#left < cost) return false
    this.#left -= cost
    return true
  }

  isFull(nowMs: number): boolean {
    this.#refill(nowMs)
    return this.#left >= this.#rate.burst
  }

  #refill(nowMs: number) {
    const { burst, perSecond } = this.#rate
    this.#left = Math.min(burst, this.#left + (Math.max(0, nowMs - this.#atMs) / 1_000) * perSecond)
    this.#atMs = nowMs
  }
}
