import { expect, test, vi } from 'vitest'
import { createThrottledWarnings, maxLinesPerMinute } from './throttled-warnings.ts'

const setUp = () => {
  const clock = { nowMs: 0 }
  const warn = vi.fn()
  return { clock, warn, throttledWarnings: createThrottledWarnings({ logger: { warn }, now: () => clock.nowMs }) }
}

test('an address has one warning a minute for each code, with the count since the last one', () => {
  const { clock, warn, throttledWarnings } = setUp()
  for (let i = 0; i < 1_000; i++) throttledWarnings.warn('1.2.3.4', 'connections_refused', { limit: 5 })
  throttledWarnings.warn('1.2.3.4', 'sockets_refused')
  throttledWarnings.warn('5.6.7.8', 'connections_refused')
  expect(warn.mock.calls.map(([line]) => line)).toEqual([
    { event: 'connections_refused', address: '1.2.3.4', limit: 5 },
    { event: 'sockets_refused', address: '1.2.3.4' },
    { event: 'connections_refused', address: '5.6.7.8' },
  ])
  clock.nowMs = 59_999
  throttledWarnings.warn('1.2.3.4', 'connections_refused')
  expect(warn).toHaveBeenCalledTimes(3)
  clock.nowMs = 60_000
  throttledWarnings.warn('1.2.3.4', 'connections_refused')
  expect(warn.mock.lastCall).toEqual([{ event: 'connections_refused', address: '1.2.3.4', alsoSince: 1_000 }])
})

test('the addresses of one /64 share their lines', () => {
  const { warn, throttledWarnings } = setUp()
  for (let i = 0; i < 500; i++) throttledWarnings.warn(`2001:db8:77:1::${i.toString(16)}`, 'requests_refused')
  throttledWarnings.warn('2001:db8:77:2::1', 'requests_refused')
  expect(warn.mock.calls.map(([{ address }]) => address)).toEqual(['2001:db8:77:1::0', '2001:db8:77:2::1'])
})

test('A6 all addresses together have a limit of lines a minute, and further ones are counted', () => {
  const { clock, warn, throttledWarnings } = setUp()
  for (let i = 0; i < 5_000; i++) throttledWarnings.warn(`2001:db8:77:${i.toString(16)}::1`, 'requests_refused')
  expect(warn).toHaveBeenCalledTimes(maxLinesPerMinute)
  clock.nowMs = 60_000
  throttledWarnings.warn('1.2.3.4', 'requests_refused')
  expect(warn.mock.calls.slice(maxLinesPerMinute)).toEqual([
    [{ event: 'warnings_not_logged', count: 5_000 - maxLinesPerMinute }],
    [{ event: 'requests_refused', address: '1.2.3.4' }],
  ])
})

test('A6 a bounded number of addresses is in memory', () => {
  const { clock, warn, throttledWarnings } = setUp()
  for (let i = 0; i <= 1_000; i++) {
    clock.nowMs += 1_000
    for (let times = 0; times < 3; times++) throttledWarnings.warn(`address ${i}`, 'connections_refused')
  }
  expect(warn).toHaveBeenCalledTimes(1_001)
  clock.nowMs += 60_000
  throttledWarnings.warn('address 1', 'connections_refused')
  expect(warn.mock.lastCall?.[0]).toMatchObject({ address: 'address 1', alsoSince: 2 })
  throttledWarnings.warn('address 0', 'connections_refused')
  expect(warn.mock.lastCall?.[0]).toEqual({ event: 'connections_refused', address: 'address 0' })
})
