import { expect, test, vi } from 'vitest'
import { budgetRates, ConnectionBudget } from './connection-budget.ts'

const setup = () => {
  let nowMs = 0
  const budget = new ConnectionBudget(() => nowMs)
  const onCutOff = vi.fn()
  budget.onCutOff = onCutOff
  return {
    budget,
    onCutOff,
    advance(ms: number) {
      nowMs += ms
    },
  }
}

test('A6 a connection may send 110 messages at once and 50 a second', () => {
  const { budget, advance } = setup()
  const take = (count: number) => Array.from({ length: count }, () => budget.takeMessage())
  expect(new Set(take(110))).toEqual(new Set(['ok']))
  expect(take(1)).toEqual(['refuse'])
  advance(2_000)
  expect(new Set(take(99))).toEqual(new Set(['ok']))
  expect(take(1)).toEqual(['refuse'])
})

test('A6 after 500 refusals the connection is cut off once, and stays so', () => {
  const { budget, onCutOff, advance } = setup()
  for (let i = 0; i < 609; i++) budget.takeMessage()
  expect([budget.verdict, onCutOff.mock.calls.length]).toEqual(['refuse', 0])
  expect(budget.takeMessage()).toBe('cut_off')
  advance(60_000)
  expect(budget.takeMessage()).toBe('cut_off')
  expect(budget.takeBytes(1)).toBe(false)
  expect(onCutOff).toHaveBeenCalledTimes(1)
})

test('A6 a connection may send 256 KiB at once and 64 KiB a second, and is cut off with one byte more', () => {
  const { budget, onCutOff, advance } = setup()
  expect(budget.takeBytes(budgetRates.bytes.burst)).toBe(true)
  advance(1_000)
  expect(budget.takeBytes(budgetRates.bytes.perSecond)).toBe(true)
  expect(onCutOff).not.toHaveBeenCalled()
  expect(budget.takeBytes(1)).toBe(false)
  expect(onCutOff).toHaveBeenCalledTimes(1)
})

test('A6 a connection may join ten namespaces at once, then one in two seconds', () => {
  const { budget, advance } = setup()
  expect(Array.from({ length: 11 }, () => budget.takeConnect()).filter(Boolean)).toHaveLength(10)
  advance(2_000)
  expect([budget.takeConnect(), budget.takeConnect()]).toEqual([true, false])
})
