import { expect, test, vi } from 'vitest'
import { warningCodes } from '../../lib/operator-warning.ts'
import { OperatorWarnings, shownForMs } from './operator-warnings.ts'

const setUp = () => {
  const clock = { nowMs: 1_000 }
  const warn = vi.fn()
  const onWarning = vi.fn()
  const now = () => clock.nowMs
  return { clock, warn, onWarning, warnings: new OperatorWarnings({ logger: { warn }, now, monotonicNow: now, onWarning }) }
}

test('a warning is logged once a minute with its remedy and a count, counted each time, and shown for ten minutes', () => {
  const { clock, warn, onWarning, warnings } = setUp()
  for (let i = 0; i < 1_000; i++) warnings.warn('no_public_url', `POST /api/pixels ${i}`)
  expect(warn).toHaveBeenCalledTimes(1)
  expect(warn.mock.lastCall?.[0]).toMatchObject({
    event: 'no_public_url',
    detail: 'POST /api/pixels 0',
    remedy: expect.stringContaining('PUBLIC_URL'),
  })
  expect(onWarning).toHaveBeenCalledTimes(1_000)
  expect(warnings.list()).toEqual([
    { code: 'no_public_url', detail: 'POST /api/pixels 999', count: 1_000, lastAt: '1970-01-01T00:00:01.000Z' },
  ])
  clock.nowMs += 60_000
  warnings.warn('no_public_url', 'again')
  expect(warn.mock.lastCall?.[0]).toMatchObject({ detail: 'again', alsoSince: 999 })
  clock.nowMs += shownForMs
  expect(warnings.list()).toHaveLength(1)
  clock.nowMs++
  expect(warnings.list()).toEqual([])
})

test('A6 text from requests is cut, and an old warning is removed', () => {
  const { warn, warnings } = setUp()
  warnings.warn('foreign_origin', 'x'.repeat(10_000))
  expect(warn.mock.lastCall?.[0].detail).toHaveLength(200)
  warnings.clear('foreign_origin')
  expect(warnings.list()).toEqual([])
})

test('every warning has a title and a remedy', () => {
  const { warn, warnings } = setUp()
  for (const code of warningCodes) {
    warnings.warn(code, 'detail')
    expect(warn.mock.lastCall?.[0].remedy.length, code).toBeGreaterThan(20)
  }
})
