import { expect, test } from 'vitest'
import { ChargeCounter } from './charge-counter.ts'

const rules = { cooldownMs: 5_000, maxCharges: 10 }

const setUp = (charges: { available: number; nextChargeInMs: number | null }, unanswered = 0) => {
  const counter = new ChargeCounter()
  counter.setRules(rules)
  counter.update({ max: 10, nextChargeAt: null, ...charges }, unanswered, 0)
  return counter
}

test('the charges of a new painter do not grow before the first pixel', () => {
  const counter = setUp({ available: 3, nextChargeInMs: null })
  expect(counter.show(60_000)).toMatchObject({ available: 3, nextChargeInMs: null })
  expect(counter.spend(60_000).ok).toBe(true)
  expect(counter.show(60_000)).toMatchObject({ available: 2, nextChargeInMs: 5_000 })
  expect(counter.show(65_000)).toMatchObject({ available: 3 })
})

test('charges grow if the server has a time for the next one', () => {
  const counter = setUp({ available: 3, nextChargeInMs: 2_000 })
  expect(counter.show(2_000)).toMatchObject({ available: 4, nextChargeInMs: 5_000 })
})

test('a pixel without an answer counts as the first pixel', () => {
  const counter = setUp({ available: 3, nextChargeInMs: null }, 1)
  expect(counter.show(5_000)).toMatchObject({ available: 3 })
})
