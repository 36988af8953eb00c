import { expect, test } from 'vitest'
import { ChargeCounter } from './charge-counter.ts'

const rules = { cooldownMs: 5_000, maxCharges: 10 }

const setUp = (charges: { available: number; nextChargeInMs: number | null }, unheard = 0) => {
  const counter = new ChargeCounter()
  counter.setRules(rules)
  counter.learn({ max: 10, nextChargeAt: null, ...charges }, unheard, 0)
  return counter
}

test('a newcomer’s charges do not grow here either, until the first pixel', () => {
  const counter = setUp({ available: 3, nextChargeInMs: null })
  expect(counter.show(60_000)).toMatchObject({ available: 3, nextChargeInMs: null })
  expect(counter.spend(60_000).ok).toBe(true)
  expect(counter.show(60_000)).toMatchObject({ available: 2, nextChargeInMs: 5_000 })
  expect(counter.show(65_000)).toMatchObject({ available: 3 })
})

test('charges that the server says grow do so', () => {
  const counter = setUp({ available: 3, nextChargeInMs: 2_000 })
  expect(counter.show(2_000)).toMatchObject({ available: 4, nextChargeInMs: 5_000 })
})

test('what is on its way is a first pixel, too', () => {
  const counter = setUp({ available: 3, nextChargeInMs: null }, 1)
  expect(counter.show(5_000)).toMatchObject({ available: 3 })
})
