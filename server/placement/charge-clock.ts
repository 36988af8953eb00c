/**
 * The time by which charges grow. It follows the monotonic clock, so setting the machine's clock neither delays nor grants charges.
 *
 * Stored times of charges may be later, because an earlier run or another process had a later clock. The clock continues from the latest
 * observed time, so a painter waits for at most one cooldown. After Kulkarni et al., "Logical Physical Clocks" (2014).
 */
export class ChargeClock {
  readonly #monotonicNow: () => number
  #offsetMs: number

  /** `startMs`: the wall clock at the start of the process. */
  constructor(options: { startMs: number; monotonicNow: () => number }) {
    this.#monotonicNow = options.monotonicNow
    this.#offsetMs = options.startMs - options.monotonicNow()
  }

  readonly now = (): number => Math.floor(this.#offsetMs + this.#monotonicNow())

  /** Takes a stored time of charges into account. */
  readonly observe = (storedMs: number) => {
    const behindMs = storedMs - this.now()
    if (behindMs > 0) this.#offsetMs += behindMs
  }
}
