import { expect, test, vi } from 'vitest'
import { StoreError } from '../store/port.ts'
import { WriteWatch, writeFaultOf } from './write-watch.ts'

const setUp = () => {
  const clock = { nowMs: 0 }
  const logger = { error: vi.fn(), info: vi.fn() }
  const onFailed = vi.fn()
  const watch = new WriteWatch({ part: 'store', logger, now: () => clock.nowMs, onFailed })
  return { clock, logger, onFailed, watch }
}
const full = new StoreError('unavailable', 'database or disk is full', { reason: 'disk_full' })

test('a full disk is logged once with the reason, then once a minute with a count, and once when it is over', () => {
  const { clock, logger, onFailed, watch } = setUp()
  for (let i = 0; i < 1_000; i++) watch.failed(full)
  expect(watch.reason).toBe('disk_full')
  expect(logger.error.mock.calls).toEqual([
    [{ event: 'store_cannot_write', reason: 'disk_full', detail: 'database or disk is full', failures: 1, forMs: 0 }],
  ])
  clock.nowMs = 59_999
  watch.failed(full)
  expect(logger.error).toHaveBeenCalledTimes(1)
  clock.nowMs = 60_000
  watch.failed(full)
  expect(logger.error.mock.lastCall).toMatchObject([{ reason: 'disk_full', failures: 1_002, forMs: 60_000 }])
  expect(onFailed).toHaveBeenCalledTimes(1_002)
  clock.nowMs = 62_000
  watch.worked()
  expect(watch.reason).toBeNull()
  expect(logger.info.mock.calls).toEqual([[{ event: 'store_can_write_again', reason: 'disk_full', failures: 1_002, forMs: 62_000 }]])
})

test('writes count as failing while some fail and others succeed', () => {
  const { clock, logger, watch } = setUp()
  for (; clock.nowMs < 10_000; clock.nowMs += 500) {
    watch.failed(full)
    watch.worked()
    expect(watch.reason).toBe('disk_full')
  }
  expect(logger.error).toHaveBeenCalledTimes(1)
  expect(logger.info).not.toHaveBeenCalled()
})

test('writes count as failing until one succeeds two seconds after the last failure', () => {
  const { clock, watch } = setUp()
  watch.failed(full)
  clock.nowMs = 1_999
  watch.worked()
  expect(watch.reason).toBe('disk_full')
  clock.nowMs = 2_000
  watch.worked()
  expect(watch.reason).toBeNull()
})

test('a damaged database stays damaged, although other writes succeed', () => {
  const { clock, watch } = setUp()
  watch.failed(new StoreError('unavailable', 'malformed', { reason: 'corrupt' }))
  clock.nowMs = 100_000
  watch.worked()
  expect(watch.reason).toBe('corrupt')
})

test('an unavailable store and other errors are not write failures', () => {
  const { logger, watch } = setUp()
  for (const error of [new StoreError('unavailable', 'away'), new Error('x'), 'text', null, { reason: 'nonsense' }]) {
    expect(writeFaultOf(error)).toBeNull()
    watch.failed(error)
  }
  watch.worked()
  expect(watch.reason).toBeNull()
  expect(logger.error).not.toHaveBeenCalled()
})
