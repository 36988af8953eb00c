/** Prometheus, OpenTelemetry and StatsD get the same metrics. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Counter, Gauge, Histogram } from 'prom-client'
import { afterEach, expect, test, vi } from 'vitest'
import { healthyOverview } from '../../lib/overview.fixture.ts'
import { measures } from '../observability/measures.ts'
import { createMetrics } from '../observability/metrics.ts'
import type { Reading } from '../observability/readings.ts'
import { ExportReports } from './export-reports.ts'
import { openOtlp } from './otlp.ts'
import { startCollector, valuesOf } from './otlp-collector.fixture.ts'
import { openStatsd } from './statsd.ts'
import type { StatsdSettings } from './telemetry-settings.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Every measure has a value. */
const createFullMetrics = () => {
  const metrics = createMetrics({
    sockets: () => 7,
    queued: () => 0,
    tilesInMemory: () => 0,
    unexpectedErrors: () => new Map([['here', 1]]),
    shared: async () => healthyOverview,
  })
  metrics.beforeReading(() => {
    for (const [name, { kind, labels }] of Object.entries(measures)) {
      const values = Object.fromEntries(labels.map((label) => [label, 'x']))
      const instrument = metrics.instruments[name as keyof typeof measures]
      if (kind === 'counter') (instrument as Counter<string>).inc(values)
      else if (kind === 'gauge') (instrument as Gauge<string>).set(values, 7)
      else (instrument as Histogram<string>).observe(values, 0.3)
    }
  })
  return metrics
}
const reportsOf = (failures: ReturnType<typeof createFullMetrics>['instruments']['exportFailures']) => {
  const logger = { warn: vi.fn(), info: vi.fn() }
  return { logger, reports: new ExportReports({ logger, monotonicNow: () => performance.now(), failures }) }
}

const listed = Object.values(measures)
const isOwn = (name: string) => name.startsWith('fresco_')

const startStatsd = async (settings: Partial<StatsdSettings>, read: () => Promise<readonly Reading[]>) => {
  const { instruments } = createFullMetrics()
  const { logger, reports } = reportsOf(instruments.exportFailures)
  const receiver = createSocket('udp4')
  receiver.bind(0, '127.0.0.1')
  await once(receiver, 'listening')
  closers.push(() => void receiver.close())
  const lines: string[] = []
  const sizes: number[] = []
  receiver.on('message', (message) => {
    sizes.push(message.length)
    lines.push(...message.toString().split('\n'))
  })
  const statsd = openStatsd({
    settings: { host: '127.0.0.1', port: receiver.address().port, format: 'dogstatsd', prefix: '', ...settings },
    instance: 'box:3000',
    reports,
    read,
    everyMs: 20,
  })
  closers.push(statsd.close)
  return { lines, sizes, logger }
}

test('the three receivers get every measure of the list, under the same names and help texts', async () => {
  const metrics = createFullMetrics()
  const collector = await startCollector()
  closers.push(collector.close)
  const otlp = openOtlp({
    settings: { endpoint: collector.url, headers: {}, serviceName: 'place', metricsEveryMs: 100, traceRatio: 0 },
    processId: 'here',
    roles: ['web'],
    reports: reportsOf(metrics.instruments.exportFailures).reports,
    dropped: metrics.instruments.droppedSpans,
  })
  closers.push(otlp.close)
  otlp.startMetrics(metrics.readings)
  const { lines } = await startStatsd({}, metrics.readings)

  const expected = Object.fromEntries(listed.map(({ name, help }) => [name, help]))
  const text = await metrics.registry.metrics()
  const helped = [...text.matchAll(/^# HELP (\S+) (.+)$/gm)].map(([, name = '', help = '']) => [name, help] as const)
  expect(Object.fromEntries(helped.filter(([name]) => isOwn(name)))).toEqual(expected)

  await vi.waitFor(() => expect(collector.exports.length).toBeGreaterThan(0))
  const [exported] = collector.exports
  const described = exported?.metrics.map(({ name, description }) => [name, description] as const) ?? []
  expect(Object.fromEntries(described.filter(([name]) => isOwn(name)))).toEqual(expected)
  expect(described.map(([name]) => name)).toContain('nodejs_eventloop_lag_p99_seconds')
  expect(exported?.resource).toMatchObject({ 'service.name': 'place', 'service.instance.id': 'here', 'fresco.roles': ['web'] })

  const names = () => new Set(lines.map((line) => line.slice(0, line.indexOf(':')).replace(/\.(count|sum|p50|p95|p99)$/, '')).filter(isOwn))
  await vi.waitFor(() => expect([...names()].sort()).toEqual(Object.keys(expected).sort()))
})

test('OpenTelemetry gets counters as sums since the start, gauges, and histograms with the count of each bucket', async () => {
  const metrics = createFullMetrics()
  const collector = await startCollector()
  closers.push(collector.close)
  const { reports } = reportsOf(metrics.instruments.exportFailures)
  const settings = { endpoint: collector.url, headers: {}, serviceName: 'place', metricsEveryMs: 100, traceRatio: 0 }
  const otlp = openOtlp({ settings, processId: 'here', roles: [], reports, dropped: metrics.instruments.droppedSpans })
  closers.push(otlp.close)
  otlp.startMetrics(metrics.readings)
  await vi.waitFor(() => expect(collector.exports.length).toBeGreaterThan(0))
  const named = (name: string) => collector.exports[0]?.metrics.find((metric) => metric.name === name)
  expect(named('fresco_refusals_total')?.sum).toMatchObject({ isMonotonic: 1, temporality: 2, points: [{ double: 1 }] })
  expect(valuesOf(named('fresco_refusals_total')?.sum?.points[0]?.attributes ?? [])).toEqual({ code: 'x' })
  expect(named('fresco_sockets')?.gauge?.points).toMatchObject([{ double: 7 }])
  expect(named('fresco_commit_to_emit_seconds')).toMatchObject({
    unit: 's',
    histogram: {
      points: [
        {
          count: 1n,
          sum: 0.3,
          bounds: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
          counts: [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
        },
      ],
    },
  })
})

const one = async (): Promise<readonly Reading[]> => [
  { name: 'c_total', help: 'h', unit: '', kind: 'counter', values: [{ labels: { route: '/api/:id' }, value: 3 }] },
  { name: 'g', help: 'h', unit: '', kind: 'gauge', values: [{ labels: { kind: 'a|b' }, value: 7 }] },
  { name: 'h_seconds', help: 'h', unit: 's', kind: 'histogram', values: [{ labels: {}, count: 1, sum: 0.5, bounds: [1], counts: [1, 0] }] },
]

test('DogStatsD gets labels and the process as tags', async () => {
  const { lines, sizes } = await startStatsd({ prefix: 'shop.' }, one)
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(6))
  expect(lines.slice(0, 7)).toEqual([
    'shop.c_total:3|c|#route:/api/:id,instance:box:3000',
    'shop.g:7|g|#kind:a_b,instance:box:3000',
    'shop.h_seconds.count:1|c|#instance:box:3000',
    'shop.h_seconds.sum:0.5|c|#instance:box:3000',
    'shop.h_seconds.p50:0.5|g|#instance:box:3000',
    'shop.h_seconds.p95:0.95|g|#instance:box:3000',
    'shop.h_seconds.p99:0.99|g|#instance:box:3000',
  ])
  for (const size of sizes) expect(size).toBeLessThanOrEqual(1_432)
})

test('StatsD gets labels in the name, and the process in the names of gauges', async () => {
  const { lines } = await startStatsd({ format: 'statsd' }, one)
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(6))
  expect(lines.slice(0, 5)).toEqual([
    'c_total._api__id:3|c',
    'g.a_b.box_3000:7|g',
    'h_seconds.count:1|c',
    'h_seconds.sum:0.5|c',
    'h_seconds.p50.box_3000:0.5|g',
  ])
})

test('a StatsD host that cannot be resolved has one warning, and delays no stop', async () => {
  const { logger } = await startStatsd({ host: 'statsd.invalid' }, one)
  await vi.waitFor(() => expect(logger.warn).toHaveBeenCalled(), { timeout: 10_000 })
  expect(logger.warn.mock.calls).toEqual([
    [
      expect.objectContaining({
        event: 'telemetry_export_failed',
        receiver: 'statsd',
        reason: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
      }),
    ],
  ])
})
