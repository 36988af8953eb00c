import { expect, test } from 'vitest'
import { createAddressCounts } from './address-counts.ts'

test('an address holds up to its limit, and more only after a release', () => {
  const bytes = createAddressCounts(1_000)
  expect(bytes.take('1.2.3.4', 999)).toBe(true)
  expect(bytes.take('1.2.3.4', 2)).toBe(false)
  expect(bytes.take('::ffff:0102:0304', 1)).toBe(true)
  expect(bytes.held('1.2.3.4')).toBe(1_000)
  expect(bytes.take('1.2.3.5', 1_000)).toBe(true)
  bytes.release('1.2.3.4', 999)
  expect(bytes.held('1.2.3.4')).toBe(1)
  expect(bytes.take('1.2.3.4', 999)).toBe(true)
})

test('addresses of one /56 share four times the limit of one address', () => {
  const counts = createAddressCounts(10)
  const taken = Array.from({ length: 100 }, (_, i) => counts.take(`2001:db8:0:${i.toString(16)}::1`)).filter(Boolean).length
  expect(taken).toBe(40)
})
