import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { readRegistry } from './readings.ts'

test('a registry is read as plain values, with the count of each bucket alone and without unknown values', async () => {
  const registry = new Registry()
  const registers = [registry]
  new Counter({ name: 'c_total', help: 'Counted.', labelNames: ['status'], registers }).inc({ status: 200 }, 3)
  const gauge = new Gauge({ name: 'g_bytes', help: 'Now.', labelNames: ['part'], registers })
  gauge.set({ part: 'a' }, Number.NaN)
  gauge.set({ part: 'b' }, 7)
  const histogram = new Histogram({ name: 'h_seconds', help: 'Long.', labelNames: ['of'], buckets: [0.1, 1], registers })
  for (const seconds of [0.05, 0.5, 0.6, 5]) histogram.observe({ of: 'x' }, seconds)
  histogram.observe({ of: 'y' }, 0.01)
  expect(await readRegistry(registry)).toEqual([
    { name: 'c_total', help: 'Counted.', unit: '', kind: 'counter', values: [{ labels: { status: '200' }, value: 3 }] },
    { name: 'g_bytes', help: 'Now.', unit: 'By', kind: 'gauge', values: [{ labels: { part: 'b' }, value: 7 }] },
    {
      ...{ name: 'h_seconds', help: 'Long.', unit: 's', kind: 'histogram' },
      values: [
        { labels: { of: 'x' }, bounds: [0.1, 1], counts: [1, 2, 1], count: 4, sum: 6.15 },
        { labels: { of: 'y' }, bounds: [0.1, 1], counts: [1, 0, 0], count: 1, sum: 0.01 },
      ],
    },
  ])
})
