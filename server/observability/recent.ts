/** What happened in the last moments, in bounded memory (A6): latencies as percentiles, counts as rates. */
import type { Percentiles } from '../../lib/overview.ts'

/** The newest times of a hop, in milliseconds. */
export class RecentTimes {
  readonly #times: { ms: number; atMs: number }[] = []
  readonly #max: number
  #next = 0

  /** Keeps at most `max` of them. */
  constructor(max = 2_048) {
    this.#max = max
  }

  add(ms: number, atMs: number) {
    this.#times[this.#next] = { ms: Math.max(0, ms), atMs }
    this.#next = (this.#next + 1) % this.#max
  }

  /** Of what came after `sinceMs`; null when nothing did. Nearest rank. */
  percentiles(sinceMs: number): Percentiles {
    const sorted = this.#times.flatMap(({ ms, atMs }) => (atMs > sinceMs ? [ms] : [])).sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
    return { p50: at(0.5), p99: at(0.99) }
  }
}

/** Counts by second, for as many seconds as it is asked to keep. */
export class RecentCount {
  readonly #seconds = new Map<number, number>()
  readonly #keepSeconds: number
  #total = 0

  constructor(keepSeconds = 60) {
    this.#keepSeconds = keepSeconds
  }

  get total() {
    return this.#total
  }

  add(count: number, atMs: number) {
    if (count <= 0) return
    const second = Math.floor(atMs / 1_000)
    this.#total += count
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + count)
    for (const old of this.#seconds.keys()) if (old <= second - this.#keepSeconds) this.#seconds.delete(old)
  }

  /** In the `seconds` whole seconds before the one that `nowMs` lies in. */
  last(seconds: number, nowMs: number): number {
    const end = Math.floor(nowMs / 1_000)
    let sum = 0
    for (const [second, count] of this.#seconds) if (second < end && second >= end - seconds) sum += count
    return sum
  }
}
