/** The metrics over HTTP, also while parts are unavailable. */
import { afterEach, expect, test, vi } from 'vitest'
import { startApi } from '../http/api.fixture.ts'
import { countRequests, createRouteNames } from '../http/request-counts.ts'
import { paint } from '../store/store.fixture.ts'
import type { StreamInfo } from '../stream/port.ts'
import { version } from '../version.ts'

const info: StreamInfo = {
  connected: true,
  length: 812,
  memoryBytes: 40_960,
  persistence: 'aof',
  groups: [
    { name: 'gateway-1f', kind: 'broadcast', consumers: 1, pending: 2, lag: 3, lastDeliveredId: '1-0' },
    { name: 'history', kind: 'projection', consumers: 2, pending: 14, lag: null, lastDeliveredId: '1-0' },
  ],
  partitions: [],
}

let close = async () => undefined as unknown
afterEach(() => close())

const setUp = async () => {
  const stream = { kind: 'redis' as const, info: async () => info, ping: async () => undefined }
  const api = await startApi({ stream })
  close = api.close
  const routeOf = createRouteNames({ api: api.api, staticFiles: new Set(['/icon svg']) })
  countRequests(api.server, { routeOf, answered: api.metrics.answered })
  const read = async () => {
    const response = await api.get('/metrics')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/plain')
    const lines = (await response.text()).split('\n')
    /** The value of a sample, undefined when there is none. */
    const value = (sample: string) => {
      const line = lines.find((text) => text.startsWith(`${sample} `))
      return line === undefined ? undefined : Number(line.slice(sample.length + 1).replace('Nan', 'NaN'))
    }
    return { lines, value }
  }
  return { api, stream, read }
}

test('every metric has a help text and its documented name', async () => {
  const { read } = await setUp()
  const { lines } = await read()
  const helped = lines.flatMap((line) => /^# HELP (\S+) \S.+/.exec(line)?.[1] ?? [])
  const typed = lines.flatMap((line) => /^# TYPE (\S+) \S+/.exec(line)?.[1] ?? [])
  expect(helped).toEqual(typed)
  expect(helped.filter((name) => name.startsWith('fresco_')).sort()).toEqual(
    [
      'fresco_backup_age_seconds',
      'fresco_backup_failed',
      'fresco_backup_overdue',
      'fresco_backup_scheduled',
      'fresco_backup_verified_age_seconds',
      'fresco_build_info',
      'fresco_commit_to_append_seconds',
      'fresco_commit_to_emit_seconds',
      'fresco_commit_to_project_seconds',
      'fresco_commit_to_publish_seconds',
      'fresco_commit_to_seen_seconds',
      'fresco_commit_to_sequence_seconds',
      'fresco_dead_lettered_total',
      'fresco_dead_letters',
      'fresco_disk_free_bytes',
      'fresco_group_lag',
      'fresco_group_pending',
      'fresco_healed_gaps_total',
      'fresco_http_requests_total',
      'fresco_online',
      'fresco_outbox_backlog',
      'fresco_outbox_oldest_age_seconds',
      'fresco_placements_queued',
      'fresco_placements_total',
      'fresco_projection_passed_over_total',
      'fresco_publish_failures_total',
      'fresco_publish_retries_total',
      'fresco_published_commits_total',
      'fresco_rate_limited_requests_total',
      'fresco_refusals_total',
      'fresco_setup_warnings_total',
      'fresco_slow_clients_total',
      'fresco_sockets',
      'fresco_store_up',
      'fresco_store_writable',
      'fresco_stream_length',
      'fresco_stream_memory_bytes',
      'fresco_stream_partition_length',
      'fresco_stream_partition_up',
      'fresco_stream_up',
      'fresco_stream_writable',
      'fresco_stuck_tiles',
      'fresco_telemetry_failures_total',
      'fresco_tiles_in_memory',
      'fresco_trace_spans_dropped_total',
      'fresco_unexpected_errors_total',
      'fresco_unknown_entries_total',
      'fresco_webhook_deliveries_total',
      'fresco_webhooks_dead',
      'fresco_webhooks_waiting',
      'fresco_workers',
      'fresco_write_failures_total',
    ].sort(),
  )
  for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds', 'process_cpu_seconds_total']) {
    expect(helped).toContain(name)
  }
})

test('the first scrape has the backlog, the length of the stream and the lag of each group', async () => {
  const { api, read } = await setUp()
  await api.store.place({ id: 'group0001', requests: [paint({ gx: 0, gy: 0, color: 1 })], nowMs: api.clock.nowMs - 3_000 })
  await api.store.place({ id: 'group0002', requests: [paint({ gx: 1, gy: 0, color: 1 })], nowMs: api.clock.nowMs - 2_000 })
  await api.store.sequence({ limit: 1 })
  api.metrics.placed('overloaded', 4)
  api.metrics.sequenced([3])
  api.metrics.projected('history', [900])
  api.metrics.failedToPublish()
  const { value } = await read()
  expect(value('fresco_outbox_backlog{state="unsequenced"}')).toBe(1)
  expect(value('fresco_outbox_backlog{state="unpublished"}')).toBe(1)
  expect(value('fresco_outbox_oldest_age_seconds')).toBe(3)
  expect(value('fresco_dead_letters')).toBe(0)
  expect(value('fresco_stream_length')).toBe(812)
  expect(value('fresco_stream_memory_bytes')).toBe(40_960)
  expect(value('fresco_group_lag{group="gateway-1f",kind="broadcast"}')).toBe(3)
  expect(value('fresco_group_lag{group="history",kind="projection"}')).toBeNaN()
  expect(value('fresco_group_pending{group="history",kind="projection"}')).toBe(14)
  expect(value('fresco_placements_total{outcome="overloaded"}')).toBe(4)
  expect(value('fresco_commit_to_sequence_seconds_count')).toBe(1)
  expect(value('fresco_commit_to_project_seconds_bucket{le="1",projection="history"}')).toBe(1)
  expect(value('fresco_publish_failures_total')).toBe(1)
  expect([value('fresco_store_up'), value('fresco_stream_up')]).toEqual([1, 1])
})

test('each partition of the stream has its own values, and an unavailable one has no length', async () => {
  const { stream, read } = await setUp()
  const partitions = [true, false].map((connected, partition) => ({
    ...{ partition, server: 'redis:6379', connected },
    ...{ length: 406, memoryBytes: 20_480 },
  }))
  stream.info = async () => ({ ...info, connected: false, partitions })
  const { value } = await read()
  expect([0, 1].map((partition) => value(`fresco_stream_partition_up{partition="${partition}"}`))).toEqual([1, 0])
  expect([0, 1].map((partition) => value(`fresco_stream_partition_length{partition="${partition}"}`))).toEqual([406, Number.NaN])
  expect(value('fresco_stream_up')).toBe(0)
})

test('a scrape succeeds without old values while the store and the stream fail or hang', async () => {
  const { api, stream, read } = await setUp()
  await read()
  const expectDown = async () => {
    api.clock.nowMs += 1_000
    const startedAt = performance.now()
    const { value } = await read()
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect([value('fresco_store_up'), value('fresco_stream_up')]).toEqual([0, 0])
    for (const name of ['fresco_outbox_oldest_age_seconds', 'fresco_dead_letters', 'fresco_stream_length']) expect(value(name)).toBeNaN()
    expect(value('fresco_group_lag{group="gateway-1f",kind="broadcast"}')).toBeUndefined()
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(0)
  }
  api.store.isDown = true
  stream.info = () => Promise.reject(new Error('down'))
  await expectDown()
  api.store.ping = () => new Promise(() => undefined)
  stream.info = () => new Promise(() => undefined)
  await expectDown()
})

test('requests are counted by the pattern of their route, and refusals by their code', async () => {
  const { api, read } = await setUp()
  await api.get('/api/canvases/main')
  await api.get('/api/canvases/nope')
  for (const path of ['/api/nope/1', '/nope/2', '/%zz', '/c/a/b']) await api.get(path)
  await api.send('HEAD', '/api/canvases/main')
  await api.send('DELETE', '/api/pixels')
  await api.send('PROPFIND', '/nope')
  await api.post('/api/pixels', { gx: 'x' })
  for (const path of ['/', '/c/main', '/c/other', '/icon%20svg', '/socket.io/?EIO=4']) await api.get(path)
  const { lines, value } = await read()
  const counted = lines.flatMap(
    (line) => /^fresco_http_requests_total\{method="(.+)",route="(.+)",status="(.+)"\} (\d+)$/.exec(line)?.slice(1).join(' ') ?? [],
  )
  expect(counted.sort()).toEqual(
    [
      'DELETE unknown 405 1',
      'GET / 418 1',
      'GET /api/canvases/:id 200 1',
      'GET /api/canvases/:id 404 1',
      'GET /c/:canvas 418 2',
      'GET /socket.io/ 418 1',
      'GET static 418 1',
      'GET unknown 404 1',
      'GET unknown 418 3',
      'HEAD /api/canvases/:id 200 1',
      'POST /api/pixels 400 1',
      'other unknown 418 1',
    ].sort(),
  )
  const refused = ['canvas_not_found', 'not_found', 'method_not_allowed', 'invalid_request']
  expect(refused.map((code) => value(`fresco_refusals_total{code="${code}"}`))).toEqual([1, 1, 1, 1])
  expect(value(`fresco_build_info{version="${version}"}`)).toBe(1)
})

test('a request whose connection closes before its answer has no status', async () => {
  const { api, read } = await setUp()
  api.store.getReceipt = () => new Promise(() => undefined)
  await api.send('GET', '/api/placements/abcdefgh.0', { signal: AbortSignal.timeout(50) }).catch(() => undefined)
  await vi.waitFor(async () => {
    const { value } = await read()
    expect(value('fresco_http_requests_total{method="GET",route="/api/placements/:id",status="none"}')).toBe(1)
  })
})
