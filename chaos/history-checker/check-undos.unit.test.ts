import { expect, test } from 'vitest'
import { checkHistory } from './check-history.ts'
import { board, canvas, logged } from './history.fixture.ts'
import type { Entry } from './history.ts'

/** Ann and Bob paint the same pixel, and Ann undoes hers. */
const story = () => ({
  canvas,
  attempt1: { k: 'attempt', op: 1, at: 1, by: 'p_b', pixels: [[0, 0, 1]] } as Entry,
  answer1: { k: 'acknowledged', op: 1, at: 2, ids: ['a-0.0'] } as Entry,
  attempt2: { k: 'attempt', op: 2, at: 3, by: 'p_a', pixels: [[0, 0, 2]] } as Entry,
  answer2: { k: 'acknowledged', op: 2, at: 4, ids: ['b-0.0'] } as Entry,
  undoing: { k: 'undoing', ids: ['b-0.0'] } as Entry,
  undone: { k: 'undone', ids: ['b-0.0'] } as Entry,
  log1: logged(1, [[0, 0, 1, 'p_b', 'a-0.0']]),
  log2: logged(2, [[0, 0, 2, 'p_a', 'b-0.0']]),
  log3: logged(3, [[0, 0, 1, 'p_b', 'c-0.0']], { cause: 'undo' }),
  final: { k: 'final', source: 'web 1', tile: 0, epoch: 'epoch001', seq: 3, bytes: board([0, 1]) } as Entry,
  database: { k: 'database', tile: 0, bytes: board([0, 1]) } as Entry,
})

const check = (changes: Partial<Record<keyof ReturnType<typeof story>, Entry | null>> = {}, more: readonly Entry[] = []) => {
  const entries = Object.values({ ...story(), ...changes }).flatMap((entry) => (entry === null ? [] : [entry]))
  const verdict = checkHistory(() => [...entries, ...more])
  const { counts, examples } = verdict.findings
  return { verdict, found: Object.entries(counts).flatMap(([kind, count]) => (count > 0 ? [kind] : [])), examples }
}

test('U5: an undone placement that left the log as it should is clean', () => {
  const { verdict, examples } = check()
  expect(examples).toEqual([])
  expect(verdict).toMatchObject({ undone: 1, acknowledgedUndos: 1 })
})

test('U5: an undo without an answer may be in the log or not', () => {
  expect(check({ undone: null }).found).toEqual([])
  const database = { k: 'database', tile: 0, bytes: board([0, 2]) } as Entry
  const final = { k: 'final', source: 'web 1', tile: 0, epoch: 'epoch001', seq: 2, bytes: board([0, 2]) } as Entry
  expect(check({ undone: null, log3: null, database, final }).found).toEqual([])
})

test('U3: an acknowledged undo that is not in the log is lost', () => {
  const database = { k: 'database', tile: 0, bytes: board([0, 2]) } as Entry
  const final = { k: 'final', source: 'web 1', tile: 0, epoch: 'epoch001', seq: 2, bytes: board([0, 2]) } as Entry
  expect(check({ log3: null, database, final }).found).toEqual(['lost'])
})

test('U4: an undo must restore the color and the owner that stand below', () => {
  const wrongOwner = logged(3, [[0, 0, 1, 'p_a', 'c-0.0']], { cause: 'undo' })
  expect(check({ log3: wrongOwner }).found).toEqual(['torn'])
  const wrongColor = logged(3, [[0, 0, 3, 'p_b', 'c-0.0']], { cause: 'undo' })
  const bytes = board([0, 3])
  const final = { k: 'final', source: 'web 1', tile: 0, epoch: 'epoch001', seq: 3, bytes } as Entry
  expect(check({ log3: wrongColor, final, database: { k: 'database', tile: 0, bytes } }).found).toEqual(['torn'])
})

test('U2: an undo that nobody wanted, and one of what did not stand, are ghosts', () => {
  expect(check({ undoing: null, undone: null }).found).toEqual(['ghost'])
  expect(check({ log1: null, log2: null, attempt1: null, answer1: null, attempt2: null, answer2: null, undone: null }).found).toContain(
    'ghost',
  )
})

test('U5: a charge that came back twice is overspent', () => {
  const five = [1, 2, 3, 4, 5]
  const attempts = five.map((gx): Entry => ({ k: 'attempt', op: gx + 10, at: 10, by: 'p_a', pixels: [[gx, 0, 1]] }))
  const answers = five.map((gx): Entry => ({ k: 'acknowledged', op: gx + 10, at: 11, ids: [`d${gx}-0.0`] }))
  const set = five.map((gx): [number, number] => [gx, 1])
  const bytes = board([0, 1], ...set)
  const logOf = (count: number) => five.slice(0, count).map((gx) => logged(3 + gx, [[gx, 0, 1, 'p_a', `d${gx}-0.0`]]))
  const endOf = (count: number) => ({
    final: {
      k: 'final',
      source: 'web 1',
      tile: 0,
      epoch: 'epoch001',
      seq: 3 + count,
      bytes: board([0, 1], ...set.slice(0, count)),
    } as Entry,
    database: { k: 'database', tile: 0, bytes: board([0, 1], ...set.slice(0, count)) } as Entry,
  })
  // Four charges, one of them spent and given back.
  expect(check(endOf(4), [...attempts.slice(0, 4), ...answers.slice(0, 4), ...logOf(4)]).found).toEqual([])
  expect(check({ ...endOf(5), database: { k: 'database', tile: 0, bytes } }, [...attempts, ...answers, ...logOf(5)]).found).toEqual([
    'overspent',
  ])
})
