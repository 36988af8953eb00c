import { expect, test, vi } from 'vitest'
import { createComplaints } from './complaints.ts'

const setUp = () => {
  const clock = { nowMs: 0 }
  const warn = vi.fn()
  return { clock, warn, complaints: createComplaints({ logger: { warn }, now: () => clock.nowMs }) }
}

test('an address is complained about once a minute for each thing, with how often it came since', () => {
  const { clock, warn, complaints } = setUp()
  for (let i = 0; i < 1_000; i++) complaints.about('1.2.3.4', 'connections_refused', { limit: 5 })
  complaints.about('1.2.3.4', 'sockets_refused')
  complaints.about('5.6.7.8', 'connections_refused')
  expect(warn.mock.calls.map(([line]) => line)).toEqual([
    { event: 'connections_refused', address: '1.2.3.4', limit: 5 },
    { event: 'sockets_refused', address: '1.2.3.4' },
    { event: 'connections_refused', address: '5.6.7.8' },
  ])
  clock.nowMs = 59_999
  complaints.about('1.2.3.4', 'connections_refused')
  expect(warn).toHaveBeenCalledTimes(3)
  clock.nowMs = 60_000
  complaints.about('1.2.3.4', 'connections_refused')
  expect(warn.mock.lastCall).toEqual([{ event: 'connections_refused', address: '1.2.3.4', alsoSince: 1_000 }])
})

test('A6 it remembers a bounded number of addresses', () => {
  const { warn, complaints } = setUp()
  for (let i = 0; i <= 1_000; i++) complaints.about(`address ${i}`, 'connections_refused')
  complaints.about('address 1', 'connections_refused')
  expect(warn).toHaveBeenCalledTimes(1_001)
  complaints.about('address 0', 'connections_refused')
  expect(warn).toHaveBeenCalledTimes(1_002)
})
