/** The findings of figures that a test cannot cause. */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { healthyOverview as overview } from '../../lib/overview.fixture.ts'
import { assessMemory, assessNode, assessOpenFiles, assessSecrets } from './machine-checks.ts'
import { assessReplicaSet } from './mongo-checks.ts'
import { assessBackups, assessProcesses } from './process-checks.ts'
import { assessPersistence, assessRedis } from './redis-checks.ts'

const mib = 2 ** 20

test.each([
  [200, 1_024, 512, 'memory'],
  [900, 1_024, 512, 'memory_high'],
  [200, 1_024, 4_096, 'heap_above_limit'],
  [100, 256, 128, 'memory_small'],
])('%i MiB used of %i with a heap of %i is %s', (used, limit, heap, finding) => {
  expect(assessMemory({ usedBytes: used * mib, limitBytes: limit * mib, heapBytes: heap * mib }).finding).toBe(finding)
})

test('backups that fail or are too old are a problem, and none at all is a warning only with a schedule', () => {
  const hourMs = 3_600_000
  const good = { isScheduled: true, isOverdue: false, ageMs: 5 * hourMs, verifiedAgeMs: null, problem: null }
  const failure = { code: 'disk_full', detail: 'The disk is full.' } as const
  expect(assessBackups(good, 24 * hourMs)).toEqual({ status: 'ok', finding: 'backups', params: { hours: 5 } })
  expect(assessBackups({ ...good, problem: failure, isOverdue: true }, 24 * hourMs)).toEqual({
    status: 'problem',
    finding: 'backups_failed',
    params: { reason: 'The disk is full.' },
  })
  expect(assessBackups({ ...good, isOverdue: true, ageMs: 40 * hourMs }, 24 * hourMs)).toEqual({
    status: 'problem',
    finding: 'backups_old',
    params: { hours: 40, interval: 24 },
  })
  expect(assessBackups({ ...good, ageMs: null, isOverdue: true }, 24 * hourMs).finding).toBe('backups_none')
  expect(assessBackups({ ...good, ageMs: null, isScheduled: false }, null).finding).toBe('backups_off')
  expect(assessBackups({ ...good, isScheduled: false }, null).finding).toBe('backups')
})

test('few open files are a warning, and a system without the figure is no problem', () => {
  expect(assessOpenFiles('Max open files            1024                 524288               files').finding).toBe('open_files_low')
  expect(assessOpenFiles('Max open files            4096                 524288               files').finding).toBe('open_files')
  expect(assessOpenFiles('Max open files            unlimited            unlimited            files').finding).toBe('open_files')
  expect(assessOpenFiles('').status).toBe('unknown')
})

test('random secrets are strong, and repeated, simple or equal ones are named without their text', () => {
  const none = { ADMIN_TOKEN: null, SESSION_SECRET: null, METRICS_TOKEN: null }
  expect(assessSecrets(none).finding).toBe('secrets_generated')
  for (let i = 0; i < 200; i++) {
    const [hex, base64] = [randomBytes(16).toString('hex'), randomBytes(24).toString('base64url')]
    expect(assessSecrets({ ...none, ADMIN_TOKEN: hex, SESSION_SECRET: base64 }).finding, `${hex} ${base64}`).toBe('secrets')
  }
  for (const weak of ['a'.repeat(32), '12'.repeat(20), 'abcdefghijklmnopqrstuvwxyz012345', 'change-me-please-this-is-a-secret-text']) {
    expect(assessSecrets({ ...none, ADMIN_TOKEN: weak })).toEqual({
      status: 'problem',
      finding: 'secret_weak',
      params: { name: 'ADMIN_TOKEN' },
    })
  }
  const same = randomBytes(32).toString('hex')
  expect(assessSecrets({ ...none, ADMIN_TOKEN: same, METRICS_TOKEN: same })).toMatchObject({
    finding: 'secrets_equal',
    params: { name: 'ADMIN_TOKEN', other: 'METRICS_TOKEN' },
  })
})

test.each([
  ['24.1.0', 'node'],
  ['23.0.0', 'node_odd'],
  ['18.20.0', 'node_old'],
])('Node %s is %s', (version, finding) => expect(assessNode(version, '>=20').finding).toBe(finding))

test.each([
  [{ members: 3, arbiters: 0, away: 0 }, 'replica_set'],
  [{ members: 3, arbiters: 0, away: null }, 'replica_set'],
  [{ members: 1, arbiters: 0, away: 0 }, 'replica_single'],
  [{ members: 2, arbiters: 0, away: 0 }, 'replica_even'],
  [{ members: 2, arbiters: 1, away: 0 }, 'replica_arbiter'],
  [{ members: 3, arbiters: 0, away: 1 }, 'replica_away'],
])('a replica set %j is %s', (set, finding) => expect(assessReplicaSet(set).finding).toBe(finding))

test.each([
  ['redis_version:7.2.0\r\nrole:master\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n', 'redis'],
  ['redis_version:6.2.0\r\n', 'redis_old'],
  ['redis_version:7.2.0\r\nrole:slave\r\n', 'redis_replica'],
  ['redis_version:7.2.0\r\nrole:master\r\nmaxmemory_policy:allkeys-lru\r\n', 'redis_evicts'],
  ['redis_version:7.2.0\r\nrole:master\r\nmaxmemory:1000000\r\nmaxmemory_policy:noeviction\r\n', 'redis_small'],
])('a Redis that reports %j is %s', (info, finding) => expect(assessRedis('redis:6379', info).finding).toBe(finding))

test('append-only files, snapshots and neither are told apart', () => {
  const of = (aof: number, saves: number) =>
    assessPersistence(`aof_enabled:${aof}\r\nrdb_saves:${saves}\r\nrdb_last_bgsave_time_sec:-1\r\n`).finding
  expect([of(1, 0), of(0, 2), of(0, 0)]).toEqual(['redis_aof', 'redis_rdb', 'redis_not_persistent'])
})

test('processes of different versions or streams are found', () => {
  const workers = [overview.workers, overview.workers].flat()
  expect(assessProcesses({ ...overview, workers, warnings: [] }).finding).toBe('processes')
  const [first, ...rest] = workers
  if (!first) throw new Error('no worker')
  expect(assessProcesses({ ...overview, workers: [{ ...first, version: '0.0.1' }, ...rest], warnings: [] }).finding).toBe(
    'processes_differ',
  )
  const warnings = [{ code: 'partitions_differ' as const, detail: 'a and b', count: 1, lastAt: '' }]
  expect(assessProcesses({ ...overview, workers, warnings }).finding).toBe('streams_differ')
})
