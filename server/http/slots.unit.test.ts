import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

test('A6 there are as many slots as were made, and giving one back twice makes no second', () => {
  const slots = createSlots(2)
  const first = slots.take()
  expect(slots.take()).not.toBeNull()
  expect(slots.take()).toBeNull()
  first?.()
  first?.()
  expect(slots.take()).not.toBeNull()
  expect(slots.take()).toBeNull()
})
