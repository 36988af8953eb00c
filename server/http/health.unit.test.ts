import { expect, test } from 'vitest'
import { createHealth, type HealthPart, servicePart, streamPart } from './health.ts'

const part = (name: string, status: 'pass' | 'warn' | 'fail', vital = false): HealthPart => ({ name, vital, check: () => ({ status }) })
const reportOf = (parts: readonly HealthPart[], timeoutMs = 10) => createHealth({ parts, now: () => 0, timeoutMs }).report()

test('a vital part that fails makes the report fail, and any other part makes it warn', async () => {
  expect(await reportOf([part('a', 'pass', true), part('b', 'pass')])).toEqual({
    status: 'pass',
    checks: { a: { status: 'pass' }, b: { status: 'pass' } },
  })
  expect(await reportOf([part('a', 'pass', true), part('b', 'fail')])).toMatchObject({ status: 'warn' })
  expect(await reportOf([part('a', 'fail', true), part('b', 'pass')])).toMatchObject({ status: 'fail' })
})

test('a part that throws or hangs fails', async () => {
  const throwing: HealthPart = { name: 'a', vital: false, check: () => Promise.reject(new Error('broken')) }
  const hanging: HealthPart = { name: 'b', vital: true, check: () => new Promise(() => undefined) }
  expect(await reportOf([throwing, hanging])).toEqual({
    status: 'fail',
    checks: { a: { status: 'fail', detail: 'broken' }, b: { status: 'fail', detail: 'no answer within 10 ms' } },
  })
})

test('A6 a part that hangs is checked again only after it has answered', async () => {
  const waiting: ((found: { status: 'pass' }) => void)[] = []
  const hanging: HealthPart = { name: 'a', vital: true, check: () => new Promise((resolve) => waiting.push(resolve)) }
  const health = createHealth({ parts: [hanging], now: () => 0, timeoutMs: 5, keepMs: 0 })
  expect([(await health.report()).status, (await health.report()).status, waiting.length]).toEqual(['fail', 'fail', 1])
  const report = health.report()
  waiting[0]?.({ status: 'pass' })
  expect((await report).status).toBe('pass')
  expect((await health.report()).status).toBe('fail')
  expect(waiting).toHaveLength(2)
})

test('frequent probes share a report', async () => {
  const clock = { nowMs: 0 }
  let looks = 0
  const counting: HealthPart = { name: 'a', vital: true, check: () => ({ status: 'pass', looks: ++looks }) }
  const health = createHealth({ parts: [counting], now: () => clock.nowMs, keepMs: 500 })
  await health.report()
  clock.nowMs = 499
  await health.report()
  expect(looks).toBe(1)
  clock.nowMs = 500
  await health.report()
  expect(looks).toBe(2)
})

test('a service warns while it backs off', async () => {
  const health = { name: 'publisher', state: 'backing_off', failures: 3, lastError: 'no disk', startedAtMs: 0 } as const
  expect(await servicePart('publisher', () => [health]).check()).toEqual({
    status: 'warn',
    state: 'backing_off',
    failures: 3,
    lastError: 'no disk',
  })
  expect(await servicePart('publisher', () => [{ ...health, state: 'running' }]).check()).toMatchObject({ status: 'pass' })
  expect(await servicePart('other', () => [health]).check()).toMatchObject({ status: 'fail' })
})

test('an unavailable partition fails the stream, and is named', async () => {
  const partitions = [0, 1].map((partition) => ({
    ...{ partition, server: `redis-${partition}:6379`, connected: partition === 0 },
    ...{ length: 1, memoryBytes: 1 },
  }))
  const info = { connected: false, length: 2, memoryBytes: 2, persistence: 'none' as const, groups: [], partitions }
  expect(await streamPart({ kind: 'redis', info: async () => info }).check()).toMatchObject({
    status: 'fail',
    detail: 'partition 1 at redis-1:6379 is away',
  })
})
