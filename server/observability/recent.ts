/** The last minute, second by second, in bounded memory (A6): latencies as mergeable counts, events as rates. */
import { addCounts, countTime, type TimeCounts } from '../../lib/time-counts.ts'

const keptSeconds = 60
const secondOf = (ms: number) => Math.floor(ms / 1_000)

const forget = (seconds: Map<number, unknown>, second: number) => {
  for (const old of seconds.keys()) if (old <= second - keptSeconds - 1) seconds.delete(old)
}

/** The times of a hop, in milliseconds. */
export class RecentTimes {
  readonly #seconds = new Map<number, Record<number, number>>()

  add(ms: number, atMs: number) {
    const second = secondOf(atMs)
    let counts = this.#seconds.get(second)
    if (!counts) {
      counts = {}
      this.#seconds.set(second, counts)
      forget(this.#seconds, second)
    }
    countTime(counts, ms)
  }

  /** Of the last `seconds`, including the current one. */
  last(seconds: number, nowMs: number): TimeCounts {
    const since = secondOf(nowMs) - seconds
    return addCounts([...this.#seconds].flatMap(([second, counts]) => (second >= since ? [counts] : [])))
  }
}

/** Counts by second. */
export class RecentCount {
  readonly #seconds = new Map<number, number>()
  #total = 0

  get total() {
    return this.#total
  }

  add(count: number, atMs: number) {
    if (count <= 0) return
    const second = secondOf(atMs)
    this.#total += count
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + count)
    forget(this.#seconds, second)
  }

  /** Nothing was counted in the last minute. */
  isOld(nowMs: number): boolean {
    const since = secondOf(nowMs) - keptSeconds
    return ![...this.#seconds.keys()].some((second) => second >= since)
  }

  /** In the `seconds` whole seconds before the current one; at most 60. */
  last(seconds: number, nowMs: number): number {
    const end = secondOf(nowMs)
    let sum = 0
    for (const [second, count] of this.#seconds) if (second < end && second >= end - seconds) sum += count
    return sum
  }
}
