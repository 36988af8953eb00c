import { expect, test } from 'vitest'
import { countAbove, withRanks } from './rank.ts'

test('N1 ties share a rank, and the next rank counts all of them', () => {
  expect(
    withRanks(
      [9, 7, 7, 7, 2].map((placed) => ({ placed })),
      ({ placed }) => placed,
    ).map(({ rank }) => rank),
  ).toEqual([1, 2, 2, 2, 5])
  expect(withRanks([], () => 0)).toEqual([])
})

test('N1 the numbers above one are counted without those that equal it', () => {
  const numbers = [9, 7, 7, 2]
  expect([10, 9, 8, 7, 2, 1].map((number) => countAbove(numbers, number))).toEqual([0, 0, 1, 1, 3, 4])
  expect(countAbove([], 1)).toBe(0)
})
