import { expect, test } from 'vitest'
import { MessageBudget } from './message-budget.ts'

const take = (budget: MessageBudget, count: number, nowMs: number) => Array.from({ length: count }, () => budget.take(nowMs))

test('A6 a hundred messages at once, fifty a second after that', () => {
  const budget = new MessageBudget(0)
  expect(take(budget, 101, 0).lastIndexOf('ok')).toBe(99)
  expect(take(new MessageBudget(0), 100, 60_000)).not.toContain('refuse')
  const later = new MessageBudget(0)
  take(later, 100, 0)
  expect(take(later, 51, 1_000)).toEqual([...Array<string>(50).fill('ok'), 'refuse'])
})

test('A6 who goes on regardless is cut off', () => {
  const answers = take(new MessageBudget(0), 600, 0)
  expect(answers.indexOf('cut_off')).toBe(599)
})

test('a clock that goes back takes nothing away', () => {
  const budget = new MessageBudget(1_000)
  expect(take(budget, 100, 0)).not.toContain('refuse')
})
