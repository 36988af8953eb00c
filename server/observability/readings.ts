/** The values of all metrics as plain data, for receivers other than Prometheus. A value that is not known (NaN) is left out. */
import type { Registry } from 'prom-client'

export type Labels = Readonly<Record<string, string>>

export interface Value {
  readonly labels: Labels
  readonly value: number
}

export interface Distribution {
  readonly labels: Labels
  readonly count: number
  readonly sum: number
  /** The upper bounds of the buckets. The last bucket has none. */
  readonly bounds: readonly number[]
  /** For each bucket alone; one more than the bounds. */
  readonly counts: readonly number[]
}

interface Described {
  readonly name: string
  readonly help: string
  /** As in UCUM: `s`, `By`, or empty. */
  readonly unit: string
}

export type Reading = Described &
  (
    | { readonly kind: 'counter' | 'gauge'; readonly values: readonly Value[] }
    | { readonly kind: 'histogram'; readonly values: readonly Distribution[] }
  )

type Metric = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number]
type Sample = Metric['values'][number]

export const readRegistry = async (registry: Pick<Registry, 'getMetricsAsJSON'>): Promise<Reading[]> =>
  (await registry.getMetricsAsJSON()).flatMap((metric) => {
    const described = { name: metric.name, help: metric.help, unit: unitOf(metric.name) }
    // The types of prom-client call this a number.
    const kind = metric.type as unknown as string
    if (kind === 'histogram') return { ...described, kind, values: distributionsOf(metric) }
    if (kind !== 'counter' && kind !== 'gauge') return []
    const values = metric.values
      .filter(({ value }) => Number.isFinite(value))
      .map(({ value, labels }) => ({ value, labels: textsOf(labels) }))
    return { ...described, kind, values }
  })

const unitOf = (name: string) => {
  if (/_seconds(_total)?$/.test(name)) return 's'
  return /_bytes(_total)?$/.test(name) ? 'By' : ''
}

const textsOf = (labels: Sample['labels']): Labels =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]))

/** prom-client has a sample for each bucket, with the count up to its bound, in the order of the bounds. */
const distributionsOf = ({ name, values }: Metric): Distribution[] => {
  const all = new Map<string, { labels: Labels; count: number; sum: number; bounds: number[]; counts: number[]; below: number }>()
  for (const { value, labels, metricName } of values as (Sample & { metricName?: string })[]) {
    const { le, ...own } = textsOf(labels)
    const key = JSON.stringify(own)
    const known = all.get(key) ?? { labels: own, count: 0, sum: 0, bounds: [], counts: [], below: 0 }
    all.set(key, known)
    if (metricName === `${name}_sum`) known.sum = value
    else if (metricName === `${name}_count`) known.count = value
    else {
      if (le !== '+Inf') known.bounds.push(Number(le))
      known.counts.push(value - known.below)
      known.below = value
    }
  }
  return [...all.values()].map(({ below: _, ...distribution }) => distribution)
}
