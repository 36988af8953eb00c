import { expect, test } from 'vitest'
import type { GroupOverview, Overview, WorkerOverview } from './overview.ts'
import { lagsFar, showMs, verdictOf, waitsLongMs } from './verdict.ts'

const none = { p50: null, p99: null }
const well: Overview = {
  at: '2026-01-01T00:00:00.000Z',
  mode: { store: 'sqlite', stream: 'embedded' },
  store: { connected: true, latencyMs: 1, diskFreeBytes: 1 },
  outbox: { pending: 0, unsequenced: 0, oldestPendingAgeMs: null, dead: 0, publishedPerSecond: 2, failedPerSecond: 0, successRate: 1 },
  stream: { connected: true, length: 0, memoryBytes: 0, persistence: 'embedded' },
  groups: [],
  workers: [],
  gateways: [],
  latencyMs: { commitToPublish: none, commitToEmit: none, commitToSeen: none },
  placements: { perSecond: 2.5, total: 5 },
  online: 0,
  history: [],
}
const worker: WorkerOverview = {
  id: 'a',
  role: 'publisher',
  state: 'running',
  startedAt: '',
  lastBeatAt: '',
  processed: 0,
  failures: 0,
  lastError: null,
}
const group: GroupOverview = { name: 'gateway-1', kind: 'broadcast', consumers: 1, pending: 0, lag: 0, lastDeliveredId: '0' }
const judge = (change: Partial<Overview>, { isSilent = false, isPaused = false } = {}) =>
  verdictOf({ ...well, ...change }, { isSilent, isPaused })

test('it is well only when every hop is', () => {
  expect(judge({})).toMatchObject({ level: 'well', title: 'Every pixel is delivered' })
  expect(judge({ workers: [worker], groups: [{ ...group, lag: lagsFar - 1 }] }).level).toBe('well')
  expect(judge({ outbox: { ...well.outbox, oldestPendingAgeMs: waitsLongMs - 1 } }).body).toContain('5.0 s')
})

test.each<[string, Partial<Overview>, string]>([
  ['a store that is down', { store: { ...well.store, connected: false } }, 'wrong'],
  ['a dead letter', { outbox: { ...well.outbox, dead: 1 } }, 'wrong'],
  ['a stream that is away', { stream: { ...well.stream, connected: false } }, 'waiting'],
  ['a worker that backs off', { workers: [worker, { ...worker, state: 'backing_off', lastError: 'down' }] }, 'waiting'],
  ['a lost worker', { workers: [{ ...worker, state: 'lost' }] }, 'waiting'],
  ['something that waits too long', { outbox: { ...well.outbox, oldestPendingAgeMs: waitsLongMs } }, 'waiting'],
  ['a group that is behind', { groups: [{ ...group, lag: lagsFar }] }, 'waiting'],
])('%s changes the sentence', (_, change, level) => {
  const verdict = judge(change)
  expect(verdict.level).toBe(level)
  expect(verdict.title).not.toBe(judge({}).title)
})

test('the worst is told first: a page that hears nothing knows nothing', () => {
  expect(judge({ stream: { ...well.stream, connected: false } }, { isSilent: true }).title).toBe('No news from the server')
  expect(judge({ store: { ...well.store, connected: false }, stream: { ...well.stream, connected: false } }).level).toBe('wrong')
})

test('an operator who paused publishing is told so, unless something is worse', () => {
  expect(judge({}, { isPaused: true })).toMatchObject({ level: 'waiting', title: 'Publishing is paused' })
  expect(judge({ outbox: { ...well.outbox, dead: 1 } }, { isPaused: true }).level).toBe('wrong')
})

test('times are shown in the unit that reads best', () => {
  expect([0, 999, 1_000, 59_949, 60_000].map(showMs)).toEqual(['0 ms', '999 ms', '1.0 s', '59.9 s', '1 min'])
})
