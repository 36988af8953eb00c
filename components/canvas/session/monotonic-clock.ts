/**
 * A clock for durations, which does not follow changes of the wall clock. In some browsers it stops while the machine sleeps. If the
 * server's time has advanced as much as the wall clock, the machine slept, and the difference is added.
 */
export interface MonotonicClockOptions {
  /** `performance.now()`. */
  readonly ticks: () => number
  /** `Date.now()`. */
  readonly wallClock: () => number
}

/** A smaller difference between the two clocks is drift. */
const jumpMs = 2_000
/** The server's `Date` header has whole seconds, and an answer takes time. */
const toleranceMs = 15_000

export class MonotonicClock {
  readonly #options: MonotonicClockOptions
  #lead: number
  #jumpedMs = 0
  #sleptMs = 0

  constructor(options: MonotonicClockOptions) {
    this.#options = options
    this.#lead = this.#currentLead()
  }

  /** The wall clock, for times that people read and for values that outlive the page. */
  get wallClock() {
    return this.#options.wallClock
  }

  readonly now = () => this.#options.ticks() + this.#sleptMs

  /** Returns whether the wall clock has jumped since the last call: it was set, or the machine slept. */
  jumped(): boolean {
    const byMs = this.#currentLead() - this.#lead
    if (Math.abs(byMs) < jumpMs) return false
    this.#lead += byMs
    this.#jumpedMs += byMs
    return true
  }

  /** The server's time has advanced by this much more than this clock. Returns how much of it was sleep and is added. */
  serverAdvanced(aheadMs: number): number {
    this.jumped()
    const isSleep = aheadMs > 0 && Math.abs(this.#jumpedMs - aheadMs) <= toleranceMs
    this.#jumpedMs = 0
    if (!isSleep) return 0
    this.#sleptMs += aheadMs
    return aheadMs
  }

  #currentLead() {
    return this.#options.wallClock() - this.#options.ticks()
  }
}
