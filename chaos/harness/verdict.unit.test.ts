import { expect, test } from 'vitest'
import { Findings } from '../history-checker/findings.ts'
import { classify, type RunFacts } from './verdict.ts'

const well: RunFacts = {
  verdict: { acknowledged: 10, changes: 1, steps: 1, frames: 3, findings: new Findings() },
  injected: 1,
  peaceful: false,
  exactSeconds: 5,
  limitSeconds: 5,
  audit: 'clean',
  streamDuplicates: 0,
}
const lost = new Findings()
lost.add('lost', 'x-0.0')

test('a run without violations passes, also at the time limit and without a stream to read', () => {
  expect(classify(well)).toEqual([])
  expect(classify({ ...well, streamDuplicates: null })).toEqual([])
  expect(classify({ ...well, peaceful: true, injected: 0 })).toEqual([])
})

test.each<[failure: RegExp, changes: Partial<RunFacts>]>([
  [/nothing was injected/, { injected: 0 }],
  [/nothing was placed/, { verdict: { ...well.verdict, acknowledged: 0 } }],
  [/the canvas was not changed/, { verdict: { ...well.verdict, changes: 0 } }],
  [/nothing was scheduled/, { verdict: { ...well.verdict, steps: 0 } }],
  [/no client got a frame/, { verdict: { ...well.verdict, frames: 0 } }],
  [/lost: x-0.0/, { verdict: { ...well.verdict, findings: lost } }],
  [/never exact/, { exactSeconds: null }],
  [/exact only after 5.1 s/, { exactSeconds: 5.1 }],
  [/the audit: findings/, { audit: 'findings' }],
  [/the audit: failed/, { audit: 'failed' }],
  [/2 duplicates/, { streamDuplicates: 2 }],
])('%s', (failure, changes) => {
  const failures = classify({ ...well, ...changes })
  expect(failures).toHaveLength(1)
  expect(failures[0]).toMatch(failure)
})
