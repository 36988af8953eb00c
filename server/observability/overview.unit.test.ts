import { expect, test, vi } from 'vitest'
import { noBackupsOverview } from '../../lib/backups.ts'
import { asCanvasId } from '../../lib/brand.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { type Store, StoreError } from '../store/port.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { StreamError } from '../stream/port.ts'
import { version } from '../version.ts'
import { HeartbeatService } from './heartbeat.ts'
import { silentLogger } from './log.ts'
import { Members } from './members.ts'
import { mergePlacedOn } from './merge-reports.ts'
import { OverviewKeeper } from './overview.ts'
import { ProcessMetrics } from './process-metrics.ts'
import type { WorkerReport } from './process-report.ts'

const clock = { nowMs: 0 }
const now = () => clock.nowMs

const setUp = async () => {
  clock.nowMs = 10_000
  const stopped = { store: false }
  const store = new MemoryStore({
    pause: async () => {
      if (stopped.store) throw new StoreError('unavailable', 'down')
    },
  })
  await store.ensureCanvas(testCanvas())
  return { store, stream: new EmbeddedStream(), stopped }
}

/** A process with its metrics, its heartbeat and its overview. */
const process = ({ store, stream }: { store: Store; stream: EmbeddedStream }, id: string, streamSettings = '') => {
  const roles = ['web', 'publisher']
  const startedAtMs = now()
  const publisher: { -readonly [K in keyof WorkerReport]: WorkerReport[K] } = {
    role: 'publisher',
    state: 'running',
    startedAtMs,
    processed: 7,
    failures: 0,
    lastError: null,
  }
  const processMetrics = new ProcessMetrics({
    monotonicNow: now,
    workers: () => [publisher],
    stream: streamSettings,
    gateway: () => ({ sockets: 3, joined: 2, boards: 1 }),
  })
  const onDifferences = vi.fn()
  const members = new Members()
  const state = { isPaused: false }
  const report = () => JSON.stringify(processMetrics.report())
  const heartbeat = new HeartbeatService({ store, self: { id, roles, report }, members, logger: silentLogger, now, monotonicNow: now })
  const keeper = new OverviewKeeper({
    store,
    stream,
    dataDir: null,
    clock: { now, monotonicNow: now },
    logger: silentLogger,
    processes: { self: { id, report: () => processMetrics.report() }, members },
    shared: { isPaused: () => state.isPaused, backups: async () => noBackupsOverview },
    onDifferences,
  })
  /** One second of the process. */
  const live = async () => {
    await heartbeat.step().catch(() => undefined)
    await keeper.step()
  }
  return { id, processMetrics, publisher, keeper, heartbeat, live, state, onDifferences }
}

const main = asCanvasId('main')

const pass = async (seconds: number, alive: readonly { live: () => Promise<void> }[]) => {
  for (let second = 0; second < seconds; second++) {
    clock.nowMs += 1_000
    for (const { live } of alive) await live()
  }
}

test('an idle system has everything connected, nothing waiting, and no latencies', async () => {
  const one = process(await setUp(), 'one')
  expect(await one.keeper.read()).toMatchObject({
    at: '1970-01-01T00:00:10.000Z',
    mode: { store: 'sqlite', stream: 'embedded' },
    store: { connected: true, diskFreeBytes: null },
    outbox: { pending: 0, unsequenced: 0, oldestPendingAgeMs: null, dead: 0, stuck: 0, successRate: 1 },
    stream: { connected: true, length: 0, persistence: 'embedded' },
    workers: [{ id: 'publisher-one', role: 'publisher', state: 'running', startedAt: '1970-01-01T00:00:10.000Z', processed: 7 }],
    gateways: [{ id: 'one', sockets: 3, boards: 1, healedGaps: 0 }],
    latencyMs: { commitToEmit: { p50: null, p99: null } },
    placements: { perSecond: 0, total: 0 },
    online: 2,
    history: [],
  })
})

test('every process answers for all: it adds counts, merges latencies, and lists workers and gateways', async () => {
  const parts = await setUp()
  const [one, two] = [process(parts, 'one'), process(parts, 'two')]
  await parts.store.place({ id: 'group0001', requests: [paint({ gx: 0, gy: 0, color: 1 })], nowMs: 8_000 })
  one.processMetrics.placed(20, main)
  two.processMetrics.placed(10, main)
  two.processMetrics.published([10, 30])
  one.processMetrics.emitted([40])
  two.processMetrics.emitted([40, 400])
  one.processMetrics.seen(50)
  two.processMetrics.healedGap()
  two.processMetrics.failedToPublish()
  await pass(2, [one, two])
  for (const { keeper } of [one, two]) {
    const { outbox, latencyMs, placements, gateways, workers, online } = await keeper.read()
    expect(outbox).toMatchObject({ pending: 1, unsequenced: 1, oldestPendingAgeMs: 4_000, publishedPerSecond: 0.2, failedPerSecond: 0.1 })
    expect(outbox.successRate).toBeCloseTo(2 / 3)
    expect(latencyMs.commitToPublish.p99).toBeCloseTo(30, -1)
    expect(latencyMs.commitToEmit.p50).toBeCloseTo(40, -1)
    expect(latencyMs.commitToEmit.p99).toBeCloseTo(400, -2)
    expect(placements).toEqual({ perSecond: 3, total: 30 })
    expect(gateways.map(({ id, healedGaps }) => `${id} ${healedGaps}`).sort()).toEqual(['one 0', 'two 1'])
    expect(workers.map(({ id, state }) => `${id} ${state}`).sort()).toEqual(['publisher-one running', 'publisher-two running'])
    expect(online).toBe(4)
  }
})

test('B1 every process tells the pixels per second of each canvas, over all processes, until nobody paints any more', async () => {
  const parts = await setUp()
  const [one, two] = [process(parts, 'one'), process(parts, 'two')]
  one.processMetrics.placed(20, main)
  two.processMetrics.placed(10, main)
  two.processMetrics.placed(5, asCanvasId('side'))
  await pass(2, [one, two])
  for (const { keeper } of [one, two]) expect(Object.fromEntries((await keeper.placedPerSecond()) ?? [])).toEqual({ main: 3, side: 0.5 })
  await pass(70, [one, two])
  expect(await one.keeper.placedPerSecond()).toEqual(new Map())
})

test('the pixels per second are unknown while the store is down or a process of an older version does not report them', async () => {
  const parts = await setUp()
  const one = process(parts, 'one')
  await pass(1, [one])
  parts.stopped.store = true
  expect(await one.keeper.placedPerSecond()).toBeNull()
  const { placedOn: _, ...tenSeconds } = one.processMetrics.report().tenSeconds
  expect(mergePlacedOn([one.processMetrics.report(), { ...one.processMetrics.report(), tenSeconds }])).toBeNull()
})

test('a process without a heartbeat is lost after five seconds, until another one replaces it', async () => {
  const parts = await setUp()
  const [one, two] = [process(parts, 'one'), process(parts, 'two')]
  two.processMetrics.placed(5, main)
  await pass(1, [one, two])
  const workers = async () => (await one.keeper.read()).workers.map(({ id, state, lastBeatAt }) => `${id} ${state} ${lastBeatAt}`)
  await pass(4, [one])
  expect(await workers()).toContain('publisher-two running 1970-01-01T00:00:11.000Z')
  await pass(2, [one])
  expect(await workers()).toContain('publisher-two lost 1970-01-01T00:00:11.000Z')
  const overview = await one.keeper.read()
  expect([overview.gateways.length, overview.placements.total]).toEqual([1, 5])

  const three = process(parts, 'three')
  await pass(2, [one, three])
  expect((await workers()).map((text) => text.split(' ')[0]).sort()).toEqual(['publisher-one', 'publisher-three'])
})

test('a process that stops is removed at once, and one with an unknown report is skipped', async () => {
  const parts = await setUp()
  const [one, two] = [process(parts, 'one'), process(parts, 'two')]
  await pass(2, [one, two])
  await parts.store.beat({ id: 'newer', roles: [], beats: 1, startedAtMs: 0, atMs: now(), report: '{"version":99}' })
  const stopped = new AbortController()
  stopped.abort()
  await two.heartbeat.run(stopped.signal)
  await pass(1, [one])
  expect((await one.keeper.read()).workers.map(({ id }) => id)).toEqual(['publisher-one'])
})

test('a replacement that is stopped on purpose, even at once, leaves no lost process', async () => {
  const parts = await setUp()
  const [one, two] = [process(parts, 'one'), process(parts, 'two')]
  await pass(1, [one, two])
  await pass(6, [one])
  const three = process(parts, 'three')
  await pass(1, [one, three])
  const stopped = new AbortController()
  stopped.abort()
  await three.heartbeat.run(stopped.signal)
  await pass(2, [one])
  expect((await one.keeper.read()).workers.map(({ id }) => id)).toEqual(['publisher-one'])
})

test('a part that is down is shown with the reason and its last values, and nothing rejects', async () => {
  const parts = await setUp()
  const [one, two] = [process(parts, 'one'), process(parts, 'two')]
  await parts.store.place({ id: 'group0001', requests: [paint({ gx: 0, gy: 0, color: 1 })], nowMs: 8_000 })
  await pass(2, [one, two])
  await one.keeper.read()
  parts.stopped.store = true
  parts.stream.info = () => Promise.reject(new StreamError('unavailable', 'gone'))
  parts.stream.ping = () => Promise.reject(new StreamError('unavailable', 'gone'))
  Object.assign(one.publisher, { state: 'backing_off', failures: 3, lastError: 'down' })
  await pass(20, [one, two])
  const overview = await one.keeper.read()
  expect(overview).toMatchObject({
    store: { connected: false, cause: 'down', latencyMs: null },
    stream: { connected: false, cause: 'gone' },
    outbox: { pending: 1, oldestPendingAgeMs: 24_000 },
  })
  // Without a store there are no heartbeats, so no process counts as lost.
  expect(overview.workers.map(({ id, state }) => `${id} ${state}`)).toEqual(['publisher-one backing_off', 'publisher-two running'])
  expect(overview.workers[0]).toMatchObject({ failures: 3, lastError: 'down' })
})

test('the last hour is the same in every process, and complete at the start of a new one', async () => {
  const parts = await setUp()
  const [one, two] = [process(parts, 'one'), process(parts, 'two')]
  one.processMetrics.placed(20, main)
  one.processMetrics.emitted([40])
  await pass(25, [one, two])
  const { history } = await one.keeper.read()
  expect(history.map(({ at, placed }) => `${at.slice(17, 19)} ${placed}`)).toEqual(['20 20', '30 0'])
  expect(history[0]?.emitP50).toBeCloseTo(40, -1)
  expect((await two.keeper.read()).history).toEqual(history)

  const three = process(parts, 'three')
  await three.keeper.load()
  expect((await three.keeper.read()).history).toEqual(history)
})

test('the points have the downtime, and an outage of the store is added after it', async () => {
  const parts = await setUp()
  const one = process(parts, 'one')
  const faults = async () =>
    (await one.keeper.read()).history.map(({ faultMs: { store, stream, workers, publishing } }) => [store, stream, workers, publishing])
  await pass(9, [one])
  expect(await faults()).toEqual([])
  parts.stopped.store = true
  one.state.isPaused = true
  await pass(4, [one])
  parts.stopped.store = false
  one.state.isPaused = false
  const { ping } = parts.stream
  parts.stream.ping = () => Promise.reject(new StreamError('unavailable', 'down'))
  await pass(3, [one])
  parts.stream.ping = ping
  await pass(10, [one])
  expect(await faults()).toEqual([
    [1_000, 0, 0, 1_000],
    [3_000, 3_000, 0, 3_000],
  ])
  const later = process(parts, 'later')
  await later.keeper.load()
  expect((await later.keeper.read()).history).toHaveLength(2)
})

test('A6 the history has one hour, oldest first', async () => {
  const parts = await setUp()
  const one = process(parts, 'one')
  for (let index = 0; index < 362; index++) {
    clock.nowMs += 10_000
    await one.live()
  }
  const { history } = await one.keeper.read()
  expect(history).toHaveLength(360)
  expect(Date.parse(history.at(-1)?.at ?? '') - Date.parse(history[0]?.at ?? '')).toBe(359 * 10_000)
})

test('A6 at most 1,000 stuck tiles are counted', async () => {
  const parts = await setUp()
  const one = process(parts, 'one')
  await parts.store.place({ id: 'group0001', requests: [paint({ gx: 0, gy: 0, color: 1 })], nowMs: now() })
  vi.spyOn(parts.store, 'listStuck').mockImplementation(async ({ limit }) =>
    Array.from({ length: Math.min(limit, 1_001) }, () => ({}) as never),
  )
  await pass(3, [one])
  expect((await one.keeper.read()).outbox.stuck).toBe(1_000)
})

test('every process reports the different settings of the stream, until the processes agree', async () => {
  const shared = await setUp()
  const [one, two] = [process(shared, 'one', 'REDIS_PARTITIONS=1'), process(shared, 'two', 'REDIS_PARTITIONS=4')]
  await pass(20, [one, two])
  const streams = ['REDIS_PARTITIONS=1', 'REDIS_PARTITIONS=4']
  for (const { onDifferences } of [one, two]) expect(onDifferences).toHaveBeenLastCalledWith({ versions: [version], streams })
  await pass(20, [one])
  expect(one.onDifferences).toHaveBeenLastCalledWith({ versions: [version], streams: ['REDIS_PARTITIONS=1'] })
})

test('during a rolling upgrade the version of an older process is unknown, and the versions differ', async () => {
  const parts = await setUp()
  const [one, two] = [process(parts, 'one'), process(parts, 'two')]
  const report = two.processMetrics.report.bind(two.processMetrics)
  two.processMetrics.report = () => {
    const { fresco: _, ...old } = report()
    return old
  }
  await pass(20, [one, two])
  expect(one.onDifferences).toHaveBeenLastCalledWith({ versions: [version, 'an older version'], streams: [''] })
  const overview = await one.keeper.read()
  expect(overview.version).toBe(version)
  expect(overview.workers.map((worker) => worker.version)).toEqual([version, null])
})

test('a stream that answers a ping and cannot be read is shown with the reason', async () => {
  const parts = await setUp()
  const one = process(parts, 'one')
  parts.stream.info = () => Promise.reject(new StreamError('unavailable', 'no rights'))
  expect((await one.keeper.read()).stream).toMatchObject({ connected: false, cause: 'no rights' })
})
