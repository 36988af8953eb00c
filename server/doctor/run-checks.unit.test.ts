import { expect, test, vi } from 'vitest'
import { type Check, ok, problem } from './check.ts'
import { createDoctor, reportKeptMs, runChecks } from './run-checks.ts'

const clock = { now: () => 0, monotonicNow: () => 0 }

test('a check that hangs or fails does not delay or hide the others, and problems are first', async () => {
  const aborted = vi.fn()
  const checks: Check[] = [
    { code: 'node', check: async () => ok('node', { version: '24' }) },
    {
      code: 'memory',
      check: (signal) => {
        signal.addEventListener('abort', aborted)
        return new Promise(() => undefined)
      },
    },
    {
      code: 'files',
      check: () => {
        throw new Error('broken\u001b[2J')
      },
    },
    { code: 'secrets', check: async () => problem('secret_weak', { name: 'ADMIN_TOKEN' }) },
  ]
  const { results } = await runChecks(checks, clock, 20)
  expect(results.map(({ check, finding, params }) => [check, finding, params])).toEqual([
    ['secrets', 'secret_weak', { name: 'ADMIN_TOKEN' }],
    ['memory', 'late', { seconds: 0.02 }],
    ['files', 'failed', { reason: 'broken\\u001b[2J' }],
    ['node', 'node', { version: '24' }],
  ])
  expect(aborted).toHaveBeenCalledOnce()
})

test('there is one run at a time, and a report is kept for five seconds', async () => {
  let nowMs = 0
  const run = vi.fn(async () => ({ at: String(run.mock.calls.length), tookMs: 0, results: [] }))
  const doctor = createDoctor(run, () => nowMs)
  expect(doctor.last()).toBeNull()
  await Promise.all([doctor.check(), doctor.check()])
  nowMs = reportKeptMs - 1
  expect((await doctor.check()).at).toBe('1')
  nowMs = reportKeptMs
  expect((await doctor.check()).at).toBe('2')
  expect(doctor.last()?.at).toBe('2')
  run.mockRejectedValueOnce(new Error('once'))
  nowMs *= 2
  await expect(doctor.check()).rejects.toThrow('once')
  expect((await doctor.check()).at).toBe('4')
})

test('a text from another server is cut and cannot move the cursor of a terminal', () => {
  const { params } = problem('not_fresco', { url: 'x', detail: `\u001b[2J${'y'.repeat(10_000)}` })
  expect(String(params['detail']).length).toBeLessThan(250)
  expect(String(params['detail'])).not.toContain('\u001b')
})
