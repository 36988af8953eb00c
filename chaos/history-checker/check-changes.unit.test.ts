import { expect, test } from 'vitest'
import { checkChanges } from './check-changes.ts'
import { Findings, type ViolationKind } from './findings.ts'
import type { Entry } from './history.ts'

const change = (w: number, from: number, to = from, more: Partial<Extract<Entry, { k: 'change' }>> = {}): Entry => ({
  k: 'change',
  w,
  from,
  to,
  rev: to + 1,
  did: 'applied',
  ...more,
})
/** Two acknowledged changes. Client 0 gets both, and client 1 reloads after the second. */
const clean = () => ({
  changed1: { k: 'changed', rev: 2 } as Entry,
  first0: change(0, 1),
  changed2: { k: 'changed', rev: 3 } as Entry,
  second0: change(0, 2),
  both1: change(1, 1, 2, { did: 'reloaded' }),
  end0: { k: 'changesShown', w: 0, seq: 2 } as Entry,
  end1: { k: 'changesShown', w: 1, seq: 2 } as Entry,
  final: { k: 'finalRev', rev: 3 } as Entry,
})
const check = (changes: Partial<Record<keyof ReturnType<typeof clean>, Entry | null>> = {}, more: readonly Entry[] = []) => {
  const findings = new Findings()
  const entries = [...Object.values({ ...clean(), ...changes }).flatMap((entry) => entry ?? []), ...more]
  const acknowledged = checkChanges(() => entries, findings)
  const kinds = Object.entries(findings.counts).flatMap(([kind, count]) => (count > 0 ? kind : []))
  return { acknowledged, kinds }
}

test('C4 changes that reach every client once and in order have no findings', () => {
  expect(check()).toEqual({ acknowledged: 2, kinds: [] })
})

test('C4 a change that could not be published is skipped without a finding', () => {
  const dead: Entry = { k: 'dead', id: 'a-0', tile: 65_536, seq: 1 }
  const skipped = change(0, 1, 1, { did: 'skipped' })
  expect(check({ first0: skipped }, [dead]).kinds).toEqual([])
  expect(check({ first0: skipped }).kinds).toEqual(['lost'])
})

const violations: [what: string, wrong: ViolationKind, changes: Parameters<typeof check>[0]][] = [
  ['a client ends before the last change', 'lost', { second0: null, end0: { k: 'changesShown', w: 0, seq: 1 } }],
  ['the canvas has lost an acknowledged change', 'lost', { changed2: { k: 'changed', rev: 4 } }],
  ['a client applies a change twice', 'doubled', { second0: change(0, 1), end0: { k: 'changesShown', w: 0, seq: 1 } }],
  ['one rev is acknowledged twice', 'doubled', { changed2: { k: 'changed', rev: 2 } }],
  ['a client applies a change over a gap', 'outOfOrder', { first0: null }],
  ['a change has the content of another one', 'differing', { second0: change(0, 2, 2, { rev: 2 }) }],
  ['a client says that it is elsewhere', 'differing', { end0: { k: 'changesShown', w: 0, seq: 3 } }],
  [
    'a client has a change that the canvas has not',
    'ghost',
    { second0: change(0, 2, 3, { did: 'reloaded' }), end0: { k: 'changesShown', w: 0, seq: 3 } },
  ],
]
test.each(violations)('C4 finds that %s', (_what, wrong, changes) => {
  expect(check(changes).kinds).toContain(wrong)
})
