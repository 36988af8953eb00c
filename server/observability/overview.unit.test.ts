import { expect, test } from 'vitest'
import { paint, testCanvas } from '../store/fixtures.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { StreamError } from '../stream/port.ts'
import { OverviewKeeper } from './overview.ts'

const setUp = async () => {
  const clock = { nowMs: 10_000 }
  const store = new MemoryStore()
  await store.ensureCanvas(testCanvas())
  const stream = new EmbeddedStream()
  const publisher = { name: 'publisher', state: 'running' as const, failures: 0, lastError: null as string | null, startedAtMs: 5_000 }
  const keeper = new OverviewKeeper({
    store,
    stream,
    dataDir: null,
    now: () => clock.nowMs,
    process: 'one',
    workers: () => [{ ...publisher, processed: 7, lastBeatAtMs: 9_900 }],
    gateway: () => ({ sockets: 3, boards: 2, online: 4 }),
  })
  return { clock, store, stream, publisher, keeper }
}

test('a quiet system: everything connected, nothing waiting, latencies not known yet', async () => {
  const { keeper } = await setUp()
  expect(await keeper.read()).toMatchObject({
    at: '1970-01-01T00:00:10.000Z',
    mode: { store: 'sqlite', stream: 'embedded' },
    store: { connected: true, diskFreeBytes: null },
    outbox: { pending: 0, unsequenced: 0, oldestPendingAgeMs: null, dead: 0, successRate: 1 },
    stream: { connected: true, length: 0, persistence: 'embedded' },
    workers: [
      {
        id: 'one-publisher',
        state: 'running',
        startedAt: '1970-01-01T00:00:05.000Z',
        lastBeatAt: '1970-01-01T00:00:09.900Z',
        processed: 7,
      },
    ],
    gateways: [{ id: 'one', sockets: 3, boards: 2, healedGaps: 0 }],
    latencyMs: { commitToEmit: { p50: null, p99: null } },
    placements: { perSecond: 0, total: 0 },
    online: 4,
    history: [],
  })
})

test('what waits, what went through, and how long it took', async () => {
  const { keeper, store, clock } = await setUp()
  await store.place({ id: 'group0001', requests: [paint({ gx: 0, gy: 0, color: 1 })], nowMs: 8_000 })
  keeper.placed(20)
  keeper.published([10, 30])
  keeper.emitted([40])
  keeper.seen(50)
  keeper.healedGap()
  clock.nowMs = 11_000
  await keeper.step()
  expect(await keeper.read()).toMatchObject({
    outbox: { pending: 1, unsequenced: 1, oldestPendingAgeMs: 3_000, publishedPerSecond: 0.2 },
    latencyMs: { commitToPublish: { p50: 10, p99: 30 }, commitToEmit: { p50: 40, p99: 40 }, commitToSeen: { p50: 50, p99: 50 } },
    placements: { perSecond: 2, total: 20 },
    gateways: [{ healedGaps: 1 }],
  })
  clock.nowMs = 12_000
  expect((await keeper.read()).history).toEqual([
    {
      at: '1970-01-01T00:00:11.000Z',
      pending: 1,
      oldestPendingAgeMs: 3_000,
      placed: 20,
      published: 2,
      emitP50: 40,
      emitP99: 40,
      seenP99: 50,
    },
  ])
})

test('a part that is down is told, with what was last known, and nothing rejects', async () => {
  const { keeper, store, stream, clock, publisher } = await setUp()
  await store.place({ id: 'group0001', requests: [paint({ gx: 0, gy: 0, color: 1 })], nowMs: 8_000 })
  await keeper.read()
  await store.close()
  stream.info = () => Promise.reject(new StreamError('unavailable', 'down'))
  Object.assign(publisher, { failures: 3, lastError: 'down' })
  clock.nowMs = 11_000
  await keeper.read()
  clock.nowMs = 12_000
  expect(await keeper.read()).toMatchObject({
    store: { connected: false, latencyMs: null },
    stream: { connected: false },
    outbox: { pending: 1, oldestPendingAgeMs: 4_000, failedPerSecond: 0.3, successRate: 0 },
    workers: [{ failures: 3, lastError: 'down' }],
  })
})

test('A6 the history is an hour, oldest first', async () => {
  const { keeper, clock } = await setUp()
  for (let index = 0; index < 362; index++) {
    clock.nowMs += 10_000
    await keeper.step()
  }
  const { history } = await keeper.read()
  expect(history).toHaveLength(360)
  expect(Date.parse(history.at(-1)?.at ?? '') - Date.parse(history[0]?.at ?? '')).toBe(359 * 10_000)
})
