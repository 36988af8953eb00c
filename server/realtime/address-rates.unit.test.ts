import { expect, test } from 'vitest'
import { addressRates, createAddressRates } from './address-rates.ts'

const setup = (enabled = true) => {
  let nowMs = 0
  const rates = createAddressRates({ enabled, now: () => nowMs })
  return {
    rates,
    advance(ms: number) {
      nowMs += ms
    },
  }
}

test('A6 an address may open 100 connections at once, then ten a second, independently of other addresses', () => {
  const { rates, advance } = setup()
  const opened = (address: string, tries: number) => Array.from({ length: tries }, () => rates.handshake(address)).filter(Boolean).length
  expect(opened('1.2.3.4', 150)).toBe(addressRates.handshakes.burst)
  expect(opened('1.2.3.5', 1)).toBe(1)
  advance(1_000)
  expect(opened('1.2.3.4', 50)).toBe(addressRates.handshakes.perSecond)
  advance(60_000)
  expect(opened('1.2.3.4', 150)).toBe(addressRates.handshakes.burst)
})

test('A6 a /64 of IPv6 counts as one address, and a /56 as four', () => {
  const { rates } = setup()
  const opened = (address: (i: number) => string) =>
    Array.from({ length: 1_000 }, (_, i) => rates.handshake(address(i))).filter(Boolean).length
  expect(opened((i) => `2001:db8::${i.toString(16)}`)).toBe(addressRates.handshakes.burst)
  expect(opened((i) => `2001:db8:0:${(i % 256).toString(16)}::1`)).toBe(3 * addressRates.handshakes.burst)
})

test('A6 an address may join 200 namespaces at once', () => {
  const { rates } = setup()
  expect(Array.from({ length: 300 }, () => rates.connect('1.2.3.4')).filter(Boolean)).toHaveLength(addressRates.connects.burst)
})

test('with RATE_LIMITS=off nothing is counted', () => {
  const { rates } = setup(false)
  expect(Array.from({ length: 1_000 }, () => rates.handshake('1.2.3.4') && rates.connect('1.2.3.4')).every(Boolean)).toBe(true)
})
