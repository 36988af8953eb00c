import { expect, test } from 'vitest'
import { costsOf } from './profile.ts'

const node = (id: number, functionName: string, children: number[] = [], url = '') => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
  children,
})

test('time counts for the function and for its callers; waiting does not count', () => {
  const costs = costsOf({
    nodes: [
      node(1, '(root)', [2, 5]),
      node(2, 'outer', [3], 'file:///x/server/outer.ts'),
      node(3, 'inner', [4]),
      node(4, 'inner'),
      node(5, '(idle)'),
    ],
    samples: [2, 3, 4, 5],
    timeDeltas: [100, 200, 100, 5_000],
  })
  expect(costs.find(({ name }) => name === 'inner')).toEqual({ name: 'inner', self: 0.75, total: 0.75 })
  expect(costs.find(({ name }) => name === 'outer  server/outer.ts:10')).toEqual({
    name: 'outer  server/outer.ts:10',
    self: 0.25,
    total: 1,
  })
  expect(costs[0]?.name).toBe('inner')
})

test('samples before the given time do not count', () => {
  const profile = { nodes: [node(1, 'start'), node(2, 'work')], samples: [1, 2], timeDeltas: [1_000_000, 500_000] }
  expect(costsOf(profile, 1.5).map(({ name, self }) => [name, self])).toEqual([['work', 1]])
})

test('an input that is not a profile is an error', () => {
  expect(() => costsOf({ nodes: [] })).toThrow()
})
