import { expect, test } from 'vitest'
import { limitKey, limitPrefixes, plainAddress } from './address-prefixes.ts'

test.each([
  '::ffff:1.2.3.4',
  '::FFFF:1.2.3.4',
  '::FfFf:0102:0304',
  '::ffff:102:304',
  '0:0:0:0:0:ffff:1.2.3.4',
  '0000:0000:0000:0000:0000:ffff:0102:0304',
  '0::ffff:1.2.3.4',
  '0:0::0:ffff:0102:304',
  '::ffff:1.2.3.4%eth0',
])('%s is the IPv4 address 1.2.3.4', (address) => {
  expect(plainAddress(address)).toBe('1.2.3.4')
  expect(limitKey(address)).toBe('1.2.3.4')
  expect(limitPrefixes(address)).toEqual([{ key: '1.2.3.4', factor: 1 }])
})

test.each([
  ['1.2.3.4', '1.2.3.4'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
  ['2001:DB8::1', '2001:db8:0:0'],
  ['2001:0db8::1', '2001:db8:0:0'],
  ['2001:db8:1:2::%25', '2001:db8:1:2'],
  ['2001:db8:1:2::1.2.3.4', '2001:db8:1:2'],
  ['::1', '0:0:0:0'],
  ['::1.2.3.4', '0:0:0:0'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, key) => {
  expect(limitKey(address)).toBe(key)
})

test('an IPv6 address uses the budgets of its /64, its /56 and its /48', () => {
  expect(limitPrefixes('2001:DB8:7:12ff::1')).toEqual([
    { key: '2001:db8:7:12ff', factor: 1 },
    { key: '2001:db8:7:1200/56', factor: 4 },
    { key: '2001:db8:7/48', factor: 16 },
  ])
})
