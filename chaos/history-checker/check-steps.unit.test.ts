import { expect, test } from 'vitest'
import { checkSteps } from './check-steps.ts'
import { Findings, type ViolationKind } from './findings.ts'
import type { Entry } from './history.ts'

const clean = () => ({
  scheduled: { k: 'stepScheduled', id: 'one' } as Entry,
  ran: { k: 'stepRan', id: 'one', seq: 4 } as Entry,
  finished: { k: 'stepFinished', id: 'one' } as Entry,
})
const check = (changes: Partial<Record<keyof ReturnType<typeof clean>, Entry | null>> = {}, more: readonly Entry[] = []) => {
  const findings = new Findings()
  const entries = [...Object.values({ ...clean(), ...changes }).flatMap((entry) => entry ?? []), ...more]
  const acknowledged = checkSteps(() => entries, findings)
  const kinds = Object.entries(findings.counts).flatMap(([kind, count]) => (count > 0 ? kind : []))
  return { acknowledged, kinds }
}

test('a step that ran once has no findings, also when its request had no answer or its entry is a dead letter', () => {
  expect(check()).toEqual({ acknowledged: 1, kinds: [] })
  expect(check({ scheduled: null })).toEqual({ acknowledged: 0, kinds: [] })
  expect(check({ ran: null }, [{ k: 'dead', id: 'a-0', tile: 65_536, seq: 4 }]).kinds).toEqual([])
})

const violations: [what: string, wrong: ViolationKind[], changes: Parameters<typeof check>[0], more: Entry[]][] = [
  ['an acknowledged step never ran', ['lost'], { ran: null, finished: null }, []],
  ['a step still waits', ['lost'], {}, [{ k: 'stepWaits', id: 'two' }]],
  ['a step ran twice', ['doubled'], {}, [{ k: 'stepRan', id: 'one', seq: 9 }]],
  ['a step ran and stayed in the schedule', ['lost', 'torn'], { finished: null }, []],
  ['a step left the schedule without its change', ['torn'], { ran: null }, []],
]
test.each(violations)('finds that %s', (_what, wrong, changes, more) => {
  expect(check(changes, more).kinds).toEqual(wrong)
})
