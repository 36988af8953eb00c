/**
 * Times counted in buckets, so that what several processes measured can be put together: percentiles of percentiles would be wrong. Each bucket is a
 * twelfth wider than the one before (eight of them double), so a percentile is off by less than 5 %.
 */

/** Bucket to count. Small enough to be sent with a heartbeat: an hour is bucket 175. */
export type TimeCounts = Readonly<Record<number, number>>

const perDoubling = 8
/** Whatever took longer than a day did not take longer in this picture. */
const lastBucket = 1 + Math.ceil(Math.log2(86_400_000) * perDoubling)

/** 0 is below one millisecond. */
export const bucketOf = (ms: number): number => (ms < 1 ? 0 : Math.min(lastBucket, 1 + Math.floor(Math.log2(ms) * perDoubling)))

/** The middle of a bucket, with the digits that mean something. */
const msOf = (bucket: number): number => (bucket === 0 ? 0 : Number((2 ** ((bucket - 0.5) / perDoubling)).toPrecision(3)))

export const addCounts = (parts: readonly TimeCounts[]): TimeCounts => {
  const sum: Record<number, number> = {}
  for (const part of parts) for (const [bucket, count] of Object.entries(part)) sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count
  return sum
}

/** Nearest rank; null when nothing was counted. */
export const percentilesOf = (counts: TimeCounts): { p50: number | null; p99: number | null } => {
  // Keys that are whole numbers come in ascending order.
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
