import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { asPainterId } from '../../lib/brand.ts'
import { createLimits, limitRates, requestCosts } from './limits.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const allowedOf = async (count: number, ask: () => Promise<unknown>) => {
  const answers = await Promise.all(Array.from({ length: count }, ask))
  return answers.filter((answer) => answer === null).length
}

test('a painter has 20 requests a second, and then the next second', async () => {
  const limits = createLimits({ enabled: true })
  const painter = asPainterId('p_aaaa')
  expect(await allowedOf(25, () => limits.painter(painter))).toBe(20)
  vi.advanceTimersByTime(400)
  expect(await limits.painter(painter)).toMatchObject({ code: 'rate_limited', retryAfterMs: 600 })
  expect(await limits.painter(asPainterId('p_bbbb'))).toBeNull()
  vi.advanceTimersByTime(600)
  expect(await limits.painter(painter)).toBeNull()
})

test('an address has 100 requests a second and 60 new painters a minute', async () => {
  const limits = createLimits({ enabled: true })
  expect(await allowedOf(150, () => limits.request('1.2.3.4'))).toBe(100)
  expect(await allowedOf(70, () => limits.newPainter('1.2.3.4'))).toBe(60)
  vi.advanceTimersByTime(59_999)
  expect(await limits.newPainter('1.2.3.4')).toMatchObject({ code: 'rate_limited', retryAfterMs: 1 })
  expect(await limits.newPainter('1.2.3.5')).toBeNull()
  vi.advanceTimersByTime(1)
  expect(await limits.newPainter('1.2.3.4')).toBeNull()
})

test('T16 a painter has 10 changes of templates a minute, and an address 60', async () => {
  const limits = createLimits({ enabled: true })
  expect(await allowedOf(12, () => limits.upload('1.2.3.4', asPainterId('p_aaaa')))).toBe(10)
  let painters = 0
  expect(await allowedOf(60, () => limits.upload('1.2.3.4', asPainterId(`p_${painters++}`)))).toBe(50)
  expect(await limits.upload('1.2.3.5', asPainterId('p_bbbb'))).toBeNull()
  vi.advanceTimersByTime(60_000)
  expect(await limits.upload('1.2.3.4', asPainterId('p_aaaa'))).toBeNull()
})

test('an address has 100 sockets at a time', () => {
  const limits = createLimits({ enabled: true })
  for (let i = 0; i < limitRates.socketsOfAddress; i++) expect(limits.openSocket('1.2.3.4')).toBe(true)
  expect(limits.openSocket('1.2.3.4')).toBe(false)
  expect(limits.openSocket('1.2.3.5')).toBe(true)
  limits.closeSocket('1.2.3.4')
  expect(limits.openSocket('1.2.3.4')).toBe(true)
  expect(limits.openSocket('1.2.3.4')).toBe(false)
})

test('RATE_LIMITS=off turns off all limits', async () => {
  const limits = createLimits({ enabled: false })
  expect(await allowedOf(1_000, () => limits.request('1.2.3.4'))).toBe(1_000)
  expect(await allowedOf(1_000, () => limits.newPainter('1.2.3.4'))).toBe(1_000)
  for (let i = 0; i < 1_000; i++) expect(limits.openSocket('1.2.3.4')).toBe(true)
})

test('an expensive request uses its cost of the budget', async () => {
  const limits = createLimits({ enabled: true })
  expect(await allowedOf(10, () => limits.request('1.2.3.4', 25))).toBe(4)
  expect(await limits.request('1.2.3.5', 25)).toBeNull()
})

test('the /56 around an IPv6 address has four times its budget, and the /48 sixteen times', async () => {
  const limits = createLimits({ enabled: true })
  const addressOf = (i: number, width: number) => `2001:db8:7:${((i % 256) << (56 - width)).toString(16)}::${i.toString(16)}`
  let i = 0
  expect(await allowedOf(1_000, () => limits.request(addressOf(i++, 56)))).toBe(400)
  vi.advanceTimersByTime(1_000)
  expect(await allowedOf(3_000, () => limits.request(addressOf(i++, 48)))).toBe(1_600)
  expect(await limits.request('2001:db8:8::1')).toBeNull()
})

test('the sockets of a /56 are limited, too', () => {
  const limits = createLimits({ enabled: true })
  const open = (i: number) => limits.openSocket(`2001:db8:7:${(i % 256).toString(16)}::1`)
  const opened = Array.from({ length: 1_000 }, (_, i) => open(i)).filter(Boolean).length
  expect(opened).toBe(4 * limitRates.socketsOfAddress)
  limits.closeSocket('2001:db8:7:1::1')
  expect(open(2)).toBe(true)
  expect(open(3)).toBe(false)
})

test.each([
  ['page', 25],
  ['pixelHistory', 50],
  ['stats', 50],
  ['logPage', 20],
  ['pastBoard', 10],
  ['picture', 4],
] as const)('an address has this many requests of the kind "%s" a second: %d', async (kind, count) => {
  const limits = createLimits({ enabled: true })
  expect(await allowedOf(count + 1, () => limits.request('1.2.3.4', requestCosts[kind]))).toBe(count)
})
