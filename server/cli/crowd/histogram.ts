/** Latencies in buckets of a tenth of a millisecond at first and 4 % wide from there: small, mergeable, and exact enough for percentiles. */
const growth = 1.04
const firstMs = 0.1

const bucketOf = (ms: number) => (ms <= firstMs ? 0 : Math.ceil(Math.log(ms / firstMs) / Math.log(growth)))
const upperMs = (bucket: number) => firstMs * growth ** bucket

export class Histogram {
  readonly #counts: number[] = []
  #total = 0
  #maxMs = 0

  get total() {
    return this.#total
  }

  add(ms: number, count = 1) {
    const bucket = bucketOf(Math.max(0, ms))
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count
    this.#total += count
    this.#maxMs = Math.max(this.#maxMs, ms)
  }

  /** Not a number when nothing was measured: a figure that was not measured is not to be printed. */
  percentile(part: number): number {
    if (this.#total === 0) return Number.NaN
    let seen = 0
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count ?? 0
      if (seen >= part * this.#total) return Math.min(this.#maxMs, upperMs(bucket))
    }
    return this.#maxMs
  }

  serialize(): [bucketMs: number, count: number][] {
    return this.#counts.flatMap((count, bucket) => (count ? [[upperMs(bucket), count] as [number, number]] : []))
  }

  merge(serialized: readonly [number, number][]) {
    for (const [ms, count] of serialized) this.add(ms, count)
  }
}
