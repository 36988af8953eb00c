/**
 * What is sent to StatsD: counters as differences to the last time, gauges, and of each histogram the differences of its count and sum and the
 * percentiles of the observations since the last time. Percentiles are interpolated between the bounds of the buckets.
 */
import type { Distribution, Labels, Reading } from '../observability/readings.ts'

export interface StatsdValue {
  readonly name: string
  readonly type: 'count' | 'gauge'
  readonly value: number
  readonly labels: Labels
}

const percentiles = [50, 95, 99] as const

/** The last values, by name and labels. The labels have a bounded number of values (A6). */
export class StatsdValues {
  #last = new Map<string, number | Distribution>()

  /** Begins at zero: the first call has everything since the start. */
  next(readings: readonly Reading[]): StatsdValue[] {
    const now = new Map<string, number | Distribution>()
    const values = readings.flatMap((reading): StatsdValue[] => {
      const { name } = reading
      if (reading.kind === 'gauge') return reading.values.map(({ labels, value }) => ({ name, type: 'gauge', value, labels }))
      return reading.values.flatMap((current): StatsdValue[] => {
        const key = `${name} ${JSON.stringify(current.labels)}`
        const last = this.#last.get(key)
        if ('value' in current) {
          now.set(key, current.value)
          return counted(name, current.value - (typeof last === 'number' ? last : 0), current.labels)
        }
        now.set(key, current)
        return distributed(name, current, typeof last === 'object' ? last : null)
      })
    })
    this.#last = now
    return values
  }
}

const counted = (name: string, value: number, labels: Labels): StatsdValue[] => (value > 0 ? [{ name, type: 'count', value, labels }] : [])

const distributed = (name: string, current: Distribution, last: Distribution | null): StatsdValue[] => {
  const { labels, bounds } = current
  const counts = current.counts.map((count, bucket) => count - (last?.counts[bucket] ?? 0))
  const count = current.count - (last?.count ?? 0)
  if (count <= 0) return []
  return [
    { name: `${name}.count`, type: 'count', value: count, labels },
    ...counted(`${name}.sum`, current.sum - (last?.sum ?? 0), labels),
    ...percentiles.map((percent) => ({
      name: `${name}.p${percent}`,
      type: 'gauge' as const,
      value: quantile(percent / 100, bounds, counts),
      labels,
    })),
  ]
}

/** As `histogram_quantile` of Prometheus. Observations above the last bound count as that bound. */
export const quantile = (part: number, bounds: readonly number[], counts: readonly number[]): number => {
  const rank = part * counts.reduce((sum, count) => sum + count, 0)
  let below = 0
  for (const [bucket, count] of counts.entries()) {
    const bound = bounds[bucket]
    if (bound === undefined) break
    if (count > 0 && below + count >= rank) {
      const from = bounds[bucket - 1] ?? 0
      return from + ((bound - from) * (rank - below)) / count
    }
    below += count
  }
  return bounds.at(-1) ?? 0
}

const maxTagLength = 200

/** For DogStatsD. */
export const tagsOf = (labels: Labels): string[] =>
  Object.entries(labels).map(([name, value]) => `${name}:${value.replace(/[^\w./:-]/g, '_').slice(0, maxTagLength)}`)

/** For StatsD, which has no tags: the values of the labels are parts of the name. */
export const nameWith = (name: string, labels: Labels): string =>
  [name, ...Object.values(labels).map((value) => value.replace(/[^\w-]/g, '_').slice(0, maxTagLength) || 'none')].join('.')
