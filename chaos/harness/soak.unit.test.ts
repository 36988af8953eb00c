import { expect, test } from 'vitest'
import { classifySoak, type SoakReport } from './soak.ts'

const report = (change: Partial<SoakReport> & { mibPerMinute?: number; handlesPerMinute?: number } = {}): SoakReport => {
  const { mibPerMinute = 0.2, handlesPerMinute = 0, ...rest } = change
  const course = {
    name: 'web 1',
    firstMib: 200,
    lastMib: 203,
    mostMib: 290,
    mibPerMinute,
    handlesFirst: 50,
    handlesLast: 50,
    handlesPerMinute,
  }
  return { courses: [course], mostWaiting: 20, samples: 200, ...rest }
}

test('a soak without growth passes, and a soak without measurements fails', () => {
  expect(classifySoak(report())).toEqual([])
  expect(classifySoak(report({ courses: [] }))).toEqual(['the soak was too short'])
  expect(classifySoak(report({ samples: 9 }))).toEqual(['the soak was too short'])
})

test('a soak reports growing memory, handles and backlog', () => {
  expect(classifySoak(report({ mibPerMinute: 0.99 }))).toEqual([])
  expect(classifySoak(report({ mibPerMinute: 1 }))).toEqual(['web 1 grows by 1.00 MiB a minute'])
  expect(classifySoak(report({ mibPerMinute: Number.NaN }))).toHaveLength(1)
  expect(classifySoak(report({ handlesPerMinute: 0.5 }))).toEqual(['web 1 opens 0.50 handles a minute more than it closes'])
  expect(classifySoak(report({ mostWaiting: 601 }))).toEqual(['up to 601 commits waited for their publication'])
})
