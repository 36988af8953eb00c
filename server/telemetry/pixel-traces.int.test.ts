/** One pixel's trace, from the request to the emit, as a collector receives it: in one process, and across two. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { adminToken, closeAll, closers, startServer } from '../started-server.fixture.ts'
import { hasTestMongo, TestMongo } from '../store/mongo/test-mongo.fixture.ts'
import { hasRedisServer, TestRedis } from '../stream/redis/test-redis.fixture.ts'
import { killAtExit } from '../testing/kill-at-exit.ts'
import { type ReceivedSpan, startCollector } from './otlp-collector.fixture.ts'
import { traceIdsOf } from './trace-ids.ts'

vi.mock('../pages.ts', () => ({
  createPages: () => ({ handle: async () => undefined, ready: Promise.resolve(), close: async () => undefined }),
}))
afterEach(closeAll)

const sessionSecret = 'a-session-secret-for-this-test-only'
const client = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }

/** The id of the placement. Its gateway has the board in memory, so it emits the pixel. */
const paint = async (url: string) => {
  await fetch(`${url}/api/canvases/main/tiles/0/board`)
  const response = await fetch(`${url}/api/pixels`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${adminToken}`,
      traceparent: `00-${client.traceId}-${client.spanId}-01`,
    },
    body: JSON.stringify({ canvas: 'main', gx: 1, gy: 2, color: 3 }),
  })
  expect(response.status).toBe(201)
  const { id } = (await response.json()) as { id: string }
  const isPublished = async () => {
    const receipt = await fetch(`${url}/api/placements/${id}`)
    expect(await receipt.json()).toMatchObject({ state: 'published' })
  }
  await vi.waitFor(isPublished, { timeout: 30_000 })
  return id
}

/** In the order of their starts, parents first. */
const ordered = (spans: readonly ReceivedSpan[]) =>
  [...spans].sort((a, b) => Number(a.start - b.start) || Number(b.parentSpanId === undefined) - Number(a.parentSpanId === undefined))

const expectTrace = (all: readonly ReceivedSpan[], placement: string) => {
  const commit = placement.slice(0, placement.lastIndexOf('.'))
  const ids = traceIdsOf(commit)
  const spans = ordered(all.filter(({ traceId }) => traceId === ids.traceId))
  const named = (name: string) => spans.find((span) => span.name === name) as ReceivedSpan
  expect(spans.map(({ name }) => name).sort()).toEqual(
    ['POST /api/pixels', 'transaction', 'sequence', 'append', 'mark', 'receive', 'emit'].sort(),
  )
  for (const [first, then] of [
    ['POST /api/pixels', 'transaction'],
    ['transaction', 'sequence'],
    ['sequence', 'append'],
    ['append', 'mark'],
    ['receive', 'emit'],
  ] as const) {
    expect(named(first).start <= named(then).start, `${first} before ${then}`).toBe(true)
  }
  expect(named('POST /api/pixels')).toMatchObject({
    spanId: ids.spanId,
    attributes: { 'fresco.commit': commit, 'fresco.canvas': 'main', 'fresco.tile': 0 },
  })
  expect(named('POST /api/pixels').parentSpanId).toBeUndefined()
  for (const span of spans) {
    if (span !== named('POST /api/pixels')) expect(span.parentSpanId).toBe(ids.spanId)
    expect(span.end >= span.start, span.name).toBe(true)
  }
  expect(named('POST /api/pixels').links).toEqual([client])
  expect(named('emit').attributes).toEqual({ 'fresco.seq': 1 })
  return spans
}

test('a pixel has one trace from its request to its emit, embedded', async () => {
  const collector = await startCollector()
  const url = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, SESSION_SECRET: sessionSecret })
  const placement = await paint(url)
  await closeAll()
  await collector.close()
  const spans = expectTrace(collector.spans, placement)
  const [{ resource }] = spans as [ReceivedSpan]
  expect(resource).toMatchObject({ 'service.name': 'fresco', 'fresco.roles': ['web', 'publisher', 'projector'] })
  const sent = JSON.stringify(spans, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  for (const secret of [adminToken, sessionSecret, '127.0.0.1', 'operator']) expect(sent).not.toContain(secret)
})

test('a commit that is not sampled has no spans', async () => {
  const collector = await startCollector()
  const url = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '0' })
  await paint(url)
  await closeAll()
  await collector.close()
  expect(collector.spans).toEqual([])
  expect(collector.exports).not.toEqual([])
})

test.skipIf(!hasTestMongo() || !hasRedisServer())('the processes of a pixel make one trace, on MongoDB and Redis', async () => {
  const [collector, mongo, redis] = await Promise.all([startCollector(), TestMongo.start(), TestRedis.start()])
  closers.push(
    () => mongo.dispose(),
    () => redis.dispose(),
  )
  const environment = {
    MONGODB_URI: mongo.uri('traces'),
    REDIS_URL: redis.url,
    ADMIN_TOKEN: adminToken,
    SESSION_SECRET: sessionSecret,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  }
  const url = await startServer({ ...environment, ROLES: 'web' })
  const publisher = spawn(process.execPath, ['server/main.ts'], {
    env: { ...process.env, ...environment, ROLES: 'publisher', PORT: '0', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  killAtExit(publisher)
  const ended = once(publisher, 'exit')
  const placement = await paint(url)
  publisher.kill('SIGTERM')
  await ended
  await closeAll()
  await collector.close()
  const spans = expectTrace(collector.spans, placement)
  const rolesOf = (...names: string[]) =>
    new Set(spans.filter(({ name }) => names.includes(name)).map(({ resource }) => String(resource['fresco.roles'])))
  expect(rolesOf('sequence', 'append', 'mark')).toEqual(new Set(['publisher']))
  expect(rolesOf('POST /api/pixels', 'transaction', 'receive', 'emit')).toEqual(new Set(['web']))
})
