import { expect, test } from 'vitest'
import { healthyOverview as well, runningPublisher as worker } from './overview.fixture.ts'
import type { GroupOverview, Overview, WorkerOverview } from './overview.ts'
import { largeLag, lowDiskBytes, verdictOf, waitsLongMs } from './verdict.ts'
import { operationsWords } from './words/operations-words.ts'
import { writeFaults } from './write-fault.ts'

const warning = { detail: '', count: 1, lastAt: well.at }
const group: GroupOverview = { name: 'gateway-1', kind: 'broadcast', consumers: 1, pending: 0, lag: 0, lastDeliveredId: '0' }
const classify = (change: Partial<Overview>, { isSilent = false, isPaused = false } = {}) =>
  verdictOf({ ...well, ...change }, { isSilent, isPaused, words: operationsWords })

test('the verdict is good only if every stage is', () => {
  expect(classify({})).toMatchObject({ level: 'well', stage: null, title: 'Every pixel is delivered' })
  expect(classify({ groups: [{ ...group, lag: largeLag - 2, pending: 1 }] }).level).toBe('well')
  expect(classify({ outbox: { ...well.outbox, oldestPendingAgeMs: waitsLongMs - 1 } }).body).toContain('5.0 s')
})

test.each<[string, Partial<Overview>, string]>([
  ['a store that is down', { store: { ...well.store, connected: false } }, 'wrong placed'],
  ['a full disk', { store: { ...well.store, cannotWrite: 'disk_full' } }, 'wrong placed'],
  ['a disk that is almost full', { store: { ...well.store, diskFreeBytes: lowDiskBytes - 1 } }, 'waiting placed'],
  ['a stream that is out of memory', { stream: { ...well.stream, cannotWrite: 'out_of_memory' } }, 'waiting stream'],
  ['a failed backup', { backups: { ...well.backups, problem: { code: 'disk_full', detail: 'Full.' } } }, 'waiting null'],
  ['an overdue backup', { backups: { ...well.backups, isOverdue: true, ageMs: 1 } }, 'waiting null'],
  ['a mistake in the setup', { warnings: [{ ...warning, code: 'no_public_url' }] }, 'waiting null'],
  ['a proxy that spreads polling', { warnings: [{ ...warning, code: 'session_of_another_process' }] }, 'waiting screens'],
  ['a dead letter', { outbox: { ...well.outbox, dead: 1 } }, 'wrong outbox'],
  ['a tile that is stuck', { outbox: { ...well.outbox, stuck: 1 } }, 'wrong outbox'],
  ['no publisher at all', { workers: [{ ...worker, role: 'web' }] }, 'wrong outbox'],
  ['the last publisher lost', { workers: [{ ...worker, state: 'lost' }] }, 'wrong outbox'],
  ['a stream that is away', { stream: { ...well.stream, connected: false } }, 'waiting stream'],
  ['a worker that backs off', { workers: [worker, { ...worker, state: 'backing_off', lastError: 'down' }] }, 'waiting outbox'],
  ['a lost worker', { workers: [worker, { ...worker, state: 'lost' }] }, 'waiting outbox'],
  ['a lost gateway', { workers: [worker, { ...worker, role: 'web', state: 'lost' }] }, 'waiting gateways'],
  ['a lost projector', { workers: [worker, { ...worker, role: 'projector', state: 'lost' }] }, 'waiting null'],
  ['something that waits too long', { outbox: { ...well.outbox, oldestPendingAgeMs: waitsLongMs } }, 'waiting outbox'],
  ['a group that is behind', { groups: [{ ...group, lag: largeLag }] }, 'waiting gateways'],
  ['a group that does not finish', { groups: [{ ...group, kind: 'projection', lag: null, pending: largeLag }] }, 'waiting null'],
])('%s changes the verdict and its stage', (_, change, expected) => {
  const verdict = classify(change)
  expect(`${verdict.level} ${verdict.stage}`).toBe(expected)
  expect(verdict.title).not.toBe(classify({}).title)
})

test('a lost process is counted once, whatever roles it had', () => {
  const lost = (id: string, role: string): WorkerOverview => ({ ...worker, role, id: `${role}-${id}`, state: 'lost' })
  expect(classify({ workers: [worker, lost('a', 'publisher')] }).title).toBe('A publisher process is lost')
  expect(classify({ workers: [worker, lost('a', 'web'), lost('a', 'publisher')] }).title).toBe('A web, publisher process is lost')
  expect(classify({ workers: [worker, lost('a', 'publisher'), lost('b', 'publisher')] }).title).toBe('2 processes are lost: publisher')
})

test('the worst problem is shown: a server that sends nothing comes first', () => {
  expect(classify({ stream: { ...well.stream, connected: false } }, { isSilent: true }).title).toBe('No news from the server')
  expect(classify({ store: { ...well.store, connected: false }, stream: { ...well.stream, connected: false } }).level).toBe('wrong')
})

test('while some partitions of the stream answer, the verdict has the number and the servers of the others', () => {
  const part = { length: 0, memoryBytes: 0 }
  const partitions = [0, 1, 2, 3].map((partition) => ({
    ...part,
    partition,
    server: `redis-${partition % 2}:6379`,
    connected: partition % 2 === 0,
  }))
  const { title, body } = classify({ stream: { ...well.stream, connected: false, cause: 'refused', partitions } })
  expect(title).toBe('Some pixels arrive more slowly')
  expect(body).toMatch(/^2 of 4 partitions of the stream do not answer, at redis-1:6379\. .* Reason: refused$/)
})

test('a part that is away is shown with the reason', () => {
  const stream = { ...well.stream, connected: false, cause: 'connect ECONNREFUSED 127.0.0.1:6379' }
  expect(classify({ stream }).body).toMatch(/Reason: connect ECONNREFUSED 127\.0\.0\.1:6379$/)
  expect(classify({ store: { ...well.store, connected: false, cause: 'no primary' } }).body).toMatch(/Reason: no primary$/)
})

test('paused publishing is shown, unless there is a worse problem', () => {
  expect(classify({}, { isPaused: true })).toMatchObject({ level: 'waiting', title: 'Publishing is paused' })
  expect(classify({ outbox: { ...well.outbox, dead: 1 } }, { isPaused: true }).level).toBe('wrong')
})

test('the verdict says if nobody is painting', () => {
  const quiet = { outbox: { ...well.outbox, publishedPerSecond: 0 }, placements: { perSecond: 0, total: 0 } }
  expect(classify(quiet)).toMatchObject({ level: 'well', body: 'Nobody is painting right now. Nothing is waiting.' })
})

test.each(writeFaults)('the verdict about a store or a stream that refuses writes has the reason: %s', (reason) => {
  const store = classify({ store: { ...well.store, cannotWrite: reason } })
  const stream = classify({ stream: { ...well.stream, cannotWrite: reason } })
  for (const { title, body } of [store, stream]) expect(`${title} ${body}`).toMatch(/\w{4}.*\. .*\./)
  if (reason === 'disk_full') expect(store.title).toBe('The disk is full')
})

test('a warning that anyone can cause from outside does not change the verdict', () => {
  for (const code of ['foreign_origin', 'metrics_through_proxy', 'sub_path'] as const) {
    expect(classify({ warnings: [{ ...warning, code }] }).level).toBe('well')
  }
})
