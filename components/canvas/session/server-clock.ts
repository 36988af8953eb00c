/**
 * How far the server's clock is from this one, learnt from ordinary answers.
 *
 * An answer that names a server's time T, sent for at `sentAtMs` and here at `receivedAtMs`, says: the offset lies between
 * T − received and T − sent. A `Date` header names a whole second, so its T is an interval itself. Each answer narrows what is
 * possible (Marzullo's intersection, of one server); an answer that contradicts starts over, since then a clock was set. The local
 * clock may explain the contradiction instead: the machine slept.
 */
export interface TimedAnswer {
  /** The server's time while it answered lay between these. */
  readonly earliestMs: number
  readonly latestMs: number
  readonly sentAtMs: number
  readonly receivedAtMs: number
}

/** A guess with more doubt than this is none. */
const maxDoubtMs = 500

export class ServerClock {
  readonly #explain: (aheadMs: number) => number
  #low = Number.NEGATIVE_INFINITY
  #high = Number.POSITIVE_INFINITY

  /** `explain` is told by how much the server's time is ahead of what was expected, and answers how much the local clock has made up for. */
  constructor(explain: (aheadMs: number) => number = () => 0) {
    this.#explain = explain
  }

  learn({ earliestMs, latestMs, sentAtMs, receivedAtMs }: TimedAnswer) {
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

  /** What to add to the local time to get the server's; null while it is not known well enough. */
  offsetMs(withinMs = maxDoubtMs): number | null {
    const doubtMs = (this.#high - this.#low) / 2
    return doubtMs <= withinMs ? (this.#high + this.#low) / 2 : null
  }
}

/** What a `Date` header says; null when there is none. */
export const timeOfDateHeader = (header: string | null): { earliestMs: number; latestMs: number } | null => {
  const second = header === null ? Number.NaN : Date.parse(header)
  return Number.isNaN(second) ? null : { earliestMs: second, latestMs: second + 999 }
}
