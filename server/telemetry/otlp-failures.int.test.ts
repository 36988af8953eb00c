/** Collectors that are gone, slow or hostile. */
import { Counter, Registry } from 'prom-client'
import { afterEach, expect, test, vi } from 'vitest'
import { adminToken, closeAll, closers, startServer } from '../started-server.fixture.ts'
import { ExportReports } from './export-reports.ts'
import { openOtlp } from './otlp.ts'
import { type Misbehave, startCollector } from './otlp-collector.fixture.ts'
import { traceIdsOf } from './trace-ids.ts'

vi.mock('../pages.ts', () => ({
  createPages: () => ({ handle: async () => undefined, ready: Promise.resolve(), close: async () => undefined }),
}))
afterEach(closeAll)

const bounds = { queuedSpans: 20, spansOfExport: 10, spansEveryMs: 20, exportMs: 300 }

const setUp = async (misbehave?: Misbehave) => {
  const collector = await startCollector(misbehave)
  closers.push(collector.close)
  const logger = { warn: vi.fn(), info: vi.fn() }
  const registers = [new Registry()]
  const dropped = new Counter({ name: 'dropped', help: 'h', registers })
  const failures = new Counter({ name: 'failures', help: 'h', labelNames: ['receiver'] as const, registers })
  const reports = new ExportReports({ logger, monotonicNow: () => performance.now(), failures })
  const settings = {
    endpoint: collector.url,
    headers: { authorization: 'Basic YQ==' },
    serviceName: 'fresco',
    metricsEveryMs: 100,
    traceRatio: 1,
  }
  const otlp = openOtlp({ settings, processId: 'here', roles: ['web'], reports, dropped, bounds })
  const write = (count: number) => {
    for (let i = 0; i < count; i++) {
      const nowMs = performance.now()
      const times = { beganAtMs: nowMs - 1, endedAtMs: nowMs }
      otlp.writeSpan({
        name: 'emit',
        kind: 'internal',
        ids: traceIdsOf(`commit-${i}`),
        isRoot: false,
        ...times,
        attributes: {},
        link: null,
      })
    }
  }
  const sumOf = async (counter: Counter) => (await counter.get()).values.reduce((sum, { value }) => sum + value, 0)
  return { collector, logger, otlp, write, dropped: () => sumOf(dropped), failures: () => sumOf(failures as Counter) }
}

const hostile: [what: string, misbehave: Misbehave, reason: RegExp][] = [
  ['answers 500', (_, response) => void response.writeHead(500).end('<script>'), /^500 Internal Server Error$/],
  ['redirects', (_, response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(), /^307 /],
  ['asks to retry after a year', (_, response) => void response.writeHead(503, { 'retry-after': '31536000' }).end(), /retryable/],
  ['never answers', () => undefined, /timed out|in time/],
  [
    'sends its answer byte by byte',
    (_, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    },
    /aborted|in time/,
  ],
  [
    'sends a huge body',
    (_, response) => {
      const part = Buffer.alloc(1_048_576)
      const more = () => {
        while (!response.destroyed && response.write(part));
      }
      response.writeHead(200).on('drain', more)
      more()
    },
    /size limit/,
  ],
  ['closes the connection', (request) => void request.socket.destroy(), /ECONNRESET|retryable/],
]

test.each(hostile)(
  'a collector that %s costs bounded memory, one warning and a count, and the next export is tried',
  async (_, misbehave, reason) => {
    const { collector, logger, otlp, write, dropped, failures } = await setUp(misbehave)
    write(100)
    // 10 are being exported and 20 wait. The others are dropped at once.
    expect(await dropped()).toBe(70)
    await vi.waitFor(async () => expect(await dropped()).toBe(100), { timeout: 5_000 })
    expect(await failures()).toBeGreaterThanOrEqual(2)
    expect(logger.warn.mock.calls).toEqual([
      [{ event: 'telemetry_export_failed', receiver: 'otlp_traces', reason: expect.stringMatching(reason), meaning: expect.any(String) }],
    ])
    collector.misbehave(undefined)
    write(5)
    await vi.waitFor(() => expect(collector.spans).toHaveLength(5), { timeout: 5_000 })
    expect(collector.headers.at(-1)).toMatchObject({ authorization: 'Basic YQ==', 'content-type': 'application/x-protobuf' })
    await vi.waitFor(() => expect(logger.info.mock.calls).toEqual([[{ event: 'telemetry_export_works_again', receiver: 'otlp_traces' }]]))
    await otlp.close()
  },
)

test('a collector that is gone gets the metrics once it is there', async () => {
  const { collector, logger, otlp } = await setUp((request) => void request.socket.destroy())
  otlp.startMetrics(async () => [{ name: 'g', help: 'h', unit: '', kind: 'gauge', values: [{ labels: {}, value: 7 }] }])
  await vi.waitFor(() => expect(logger.warn).toHaveBeenCalledOnce(), { timeout: 5_000 })
  expect(logger.warn.mock.calls[0]?.[0]).toMatchObject({ receiver: 'otlp_metrics', reason: expect.stringMatching(/ECONNRESET|hang up/) })
  collector.misbehave(undefined)
  await vi.waitFor(() =>
    expect(collector.exports.at(-1)?.metrics).toMatchObject([{ name: 'g', description: 'h', gauge: { points: [{ double: 7 }] } }]),
  )
  await otlp.close()
})

test('a collector that never answers delays neither a placement nor, by as long as an export may take, a shutdown', async () => {
  const collector = await startCollector(() => undefined)
  const url = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_METRIC_EXPORT_INTERVAL: '100' })
  await vi.waitFor(() => expect(collector.headers.length).toBeGreaterThan(0))
  const response = await fetch(`${url}/api/pixels`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ canvas: 'main', gx: 1, gy: 2, color: 3 }),
  })
  expect(response.status).toBe(201)
  const beganAtMs = performance.now()
  await closeAll()
  expect(performance.now() - beganAtMs).toBeLessThan(5_000)
  await collector.close()
})
