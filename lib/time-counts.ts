/**
 * A histogram of times. The counts of several processes can be added, which percentiles cannot. Each bucket is a twelfth wider than
 * the one before (eight buckets double), so the error of a percentile is below 5 %.
 */

/** Counts by bucket. An hour is bucket 175, so the counts are small enough for a heartbeat. */
export type TimeCounts = Readonly<Record<number, number>>

const perDoubling = 8
/** Times above one day go into the last bucket. */
const lastBucket = 1 + Math.ceil(Math.log2(86_400_000) * perDoubling)

/** Bucket 0 is for times below one millisecond. */
export const bucketOf = (ms: number): number => (ms < 1 ? 0 : Math.min(lastBucket, 1 + Math.floor(Math.log2(ms) * perDoubling)))

/** Adds one time. */
export const countTime = (counts: Record<number, number>, ms: number) => {
  const bucket = bucketOf(Math.max(0, ms))
  counts[bucket] = (counts[bucket] ?? 0) + 1
}

/** The middle of a bucket with three significant digits. */
const msOf = (bucket: number): number => (bucket === 0 ? 0 : Number((2 ** ((bucket - 0.5) / perDoubling)).toPrecision(3)))

export const addCounts = (parts: readonly TimeCounts[]): TimeCounts => {
  const sum: Record<number, number> = {}
  for (const part of parts) for (const [bucket, count] of Object.entries(part)) sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count
  return sum
}

/** Nearest rank; null without counts. */
export const percentilesOf = (counts: TimeCounts): { p50: number | null; p99: number | null } => {
  // Integer keys of an object are in ascending order.
  const buckets = Object.entries(counts).map(([bucket, count]) => ({ bucket: Number(bucket), count }))
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  const at = (share: number) => {
    let below = 0
    for (const { bucket, count } of buckets) {
      below += count
      if (below >= share * total) return msOf(bucket)
    }
    return null
  }
  return { p50: at(0.5), p99: at(0.99) }
}
