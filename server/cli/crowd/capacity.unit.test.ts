import { expect, test } from 'vitest'
import { capacityOf } from './capacity.ts'
import type { StepResult } from './load-steps.ts'
import { busyProcess, stepOf } from './step.fixture.ts'

const capacity = (failed: Partial<StepResult> & { answerMs?: number; deliveryMs?: number }, options = {}) =>
  capacityOf({
    steps: [stepOf(400, { kind: 'hold', seconds: 15 }), stepOf(500, { answerMs: 900, ...failed })],
    watchers: 1_000,
    everySeconds: 5,
    cores: 2,
    isShared: true,
    isEmbedded: true,
    ...options,
  })

test('the verdict names painters, watchers and the bound, and the derivation the figures', () => {
  const { painters, rate, isAtLeast, verdict, derivation } = capacity({ processes: [busyProcess] })
  expect({ painters, rate, isAtLeast }).toEqual({ painters: 2_000, rate: 400, isAtLeast: false })
  expect(verdict).toBe(
    'This machine carries about 2,000 painters (one pixel every 5 s each), and 1,000 watchers. What bounds it: the process aaaa (web, publisher), which used 93 % of one core.',
  )
  expect(derivation).toContain('400 pixels/s were held for 15 s')
  expect(derivation).toContain('400 × 5 s = 2,000 painters')
  expect(derivation).toMatch(/500 pixels\/s were not: the p99 of the answer was \d+ ms\./)
})

test.each([
  ['its rate limits', { setbacks: new Map([['rate_limited', 7]]), processes: [busyProcess] }, /rate limits \(7 answers\)/, false],
  ['the load generator', { crowd: { busyPart: 0.9, cores: 0.9 } }, /load generator, which was busy for 90 %/, true],
  [
    'the load generator on the same machine',
    { crowd: { busyPart: 0.6, cores: 0.9 }, machineBusy: 0.97 },
    /Fresco used 0.3, the load generator 0.9/,
    true,
  ],
  ['other programs', { machineBusy: 1 }, /other programs 1.4 of its 2 cores/, true],
  ['the database', { setbacks: new Map([['overloaded', 3]]) }, /the database/, false],
  ['the database', {}, /the database/, false],
  ['the delivery', { answerMs: 20, deliveryMs: 900 }, /the way from the database to the watchers/, false],
])('when the bound is %s, the verdict says so', (_, failed, bound, isAtLeast) => {
  const found = capacity(failed)
  expect(found.bound).toMatch(bound)
  expect(found.isAtLeast).toBe(isAtLeast)
  expect(found.verdict).toContain(isAtLeast ? 'at least 2,000 painters' : 'about 2,000 painters')
})

test('beside a database of its own, another busy program is a part of the stack', () => {
  expect(capacity({ machineBusy: 1 }, { isEmbedded: false }).isAtLeast).toBe(false)
})

test('when nothing was too much, or everything, the verdict does not name a number that was not measured', () => {
  const options = { watchers: 5, everySeconds: 5, cores: 2, isShared: false, isEmbedded: true }
  expect(capacityOf({ ...options, steps: [stepOf(400)] }).verdict).toContain('at least 2,000 painters')
  const { painters, verdict } = capacityOf({ ...options, steps: [stepOf(50, { answerMs: 900 })] })
  expect(painters).toBe(0)
  expect(verdict).toContain('did not carry the lowest load')
})
