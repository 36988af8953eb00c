import { expect, test } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import { limitPrefixes } from '../limits/address-prefixes.ts'
import { createAddressBudgets } from './address-budget.ts'

const canvas = { id: asCanvasId('main'), cooldownMs: 5_000, maxCharges: 10 }
const other = { ...canvas, id: asCanvasId('other') }

const setUp = (painters = 20) => {
  const clock = { nowMs: 0 }
  return { clock, budgets: createAddressBudgets({ painters, monotonicNow: () => clock.nowMs }) }
}

test('a budget starts with the charges of twenty painters and grows like them', () => {
  const { clock, budgets } = setUp()
  const budget = budgets.of('1.2.3.4', canvas)
  expect(budget?.allowance().pixels).toBe(200)
  budget?.spend(200)
  expect(budget?.allowance()).toMatchObject({ pixels: 0, retryAfterMs: 250 })
  clock.nowMs = 249
  expect(budget?.allowance()).toMatchObject({ pixels: 0, retryAfterMs: 1 })
  clock.nowMs = 250
  expect(budget?.allowance().pixels).toBe(1)
  clock.nowMs = 5_000
  expect(budget?.allowance().pixels).toBe(20)
  clock.nowMs = 1e9
  expect(budget?.allowance().pixels).toBe(200)
})

test('B2 a changed cooldown leaves as many pixels as before, and they grow by the new one', () => {
  const { clock, budgets } = setUp()
  budgets.of('1.2.3.4', canvas)?.spend(50)
  const slow = budgets.of('1.2.3.4', { ...canvas, cooldownMs: 60_000 })
  expect(slow?.allowance().pixels).toBe(150)
  slow?.spend(150)
  clock.nowMs = 6_000
  expect(slow?.allowance().pixels).toBe(2)
  const fast = budgets.of('1.2.3.4', { ...canvas, cooldownMs: 1_000 })
  expect(fast?.allowance().pixels).toBe(120)
})

test('each address and canvas has its own budget, and an IPv6 /64 is one address', () => {
  const { budgets } = setUp()
  budgets.of('2001:db8::1', canvas)?.spend(150)
  expect(budgets.of('2001:db8::ffff', canvas)?.allowance().pixels).toBe(50)
  expect(budgets.of('2001:db8::1', other)?.allowance().pixels).toBe(200)
  expect(budgets.of('1.2.3.4', canvas)?.allowance().pixels).toBe(200)
})

test('there is no budget with ADDRESS_PAINTERS=0 or on a canvas without a cooldown', () => {
  expect(setUp(0).budgets.of('1.2.3.4', canvas)).toBeNull()
  expect(setUp().budgets.of('1.2.3.4', { ...canvas, cooldownMs: 0 })).toBeNull()
})

test('the addresses of one wider network share a wider budget', () => {
  const { budgets } = setUp()
  const factor = limitPrefixes('2001:db8::1')[1]?.factor ?? 0
  expect(factor).toBeGreaterThan(1)
  for (let index = 0; index < factor; index++) budgets.of(`2001:db8:0:${index.toString(16)}::1`, canvas)?.spend(200)
  expect(budgets.of('2001:db8:0:ff::1', canvas)?.allowance().pixels).toBe(0)
  expect(budgets.of('2001:db8:1::1', canvas)?.allowance().pixels).toBe(200)
})

test('A6 the budgets of 10,000 addresses are in memory, and one more replaces the least recently used', () => {
  const { budgets } = setUp()
  const spend = (index: number) => budgets.of(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, canvas)?.spend(200)
  const pixelsOf = (index: number) => budgets.of(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, canvas)?.allowance().pixels
  for (let index = 0; index < 10_000; index++) spend(index)
  expect(pixelsOf(0)).toBe(0)
  spend(10_000)
  expect([pixelsOf(0), pixelsOf(1)]).toEqual([0, 200])
})
