/**
 * Estimates the offset of the server's clock from ordinary answers. With the server's time T, the offset is between T − received and
 * T − sent, and each answer narrows it (Marzullo's algorithm). A contradiction means that a clock was set, and the estimate starts over.
 */
export interface TimedAnswer {
  /** The server's time while it answered was between these. */
  readonly earliestMs: number
  readonly latestMs: number
  readonly sentAtMs: number
  readonly receivedAtMs: number
}

/** An estimate with a larger error than this is not used. */
const maxDoubtMs = 500

export class ServerClock {
  readonly #explain: (aheadMs: number) => number
  #low = Number.NEGATIVE_INFINITY
  #high = Number.POSITIVE_INFINITY

  /** `explain` gets how far the server's time is ahead of the expected time, and returns how much the local clock has corrected. */
  constructor(explain: (aheadMs: number) => number = () => 0) {
    this.#explain = explain
  }

  add({ earliestMs, latestMs, sentAtMs, receivedAtMs }: TimedAnswer) {
    let low = earliestMs - receivedAtMs
    let high = latestMs - sentAtMs
    if (low > this.#high) {
      const madeUpMs = this.#explain(low - this.#high)
      low -= madeUpMs
      high -= madeUpMs
    }
    const agrees = low <= this.#high && high >= this.#low
    this.#low = agrees ? Math.max(this.#low, low) : low
    this.#high = agrees ? Math.min(this.#high, high) : high
  }

  /** The difference from the local time to the server's; null while it is not known well enough. */
  offsetMs(withinMs = maxDoubtMs): number | null {
    const doubtMs = (this.#high - this.#low) / 2
    return doubtMs <= withinMs ? (this.#high + this.#low) / 2 : null
  }
}

/** The time in a `Date` header; null without one. */
export const timeOfDateHeader = (header: string | null): { earliestMs: number; latestMs: number } | null => {
  const second = header === null ? Number.NaN : Date.parse(header)
  return Number.isNaN(second) ? null : { earliestMs: second, latestMs: second + 999 }
}
