/**
 * The time by which charges grow. It moves with the monotonic clock, so a machine whose clock is set back or forward neither keeps
 * painters waiting nor gives them charges.
 *
 * The stored times of charges may be ahead of it: an earlier run or another process had a clock that was. It goes on from the
 * latest that it is shown, so a painter waits for one cooldown at most. After Kulkarni et al., "Logical Physical Clocks" (2014).
 */
export class ChargeClock {
  readonly #monotonicNow: () => number
  #offsetMs: number

  /** `startMs`: the time of day when the process starts. */
  constructor(options: { startMs: number; monotonicNow: () => number }) {
    this.#monotonicNow = options.monotonicNow
    this.#offsetMs = options.startMs - options.monotonicNow()
  }

  readonly now = (): number => Math.floor(this.#offsetMs + this.#monotonicNow())

  /** A time that is stored with somebody's charges. */
  readonly observe = (storedMs: number) => {
    const behindMs = storedMs - this.now()
    if (behindMs > 0) this.#offsetMs += behindMs
  }
}
