import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkHistory } from './check-history.ts'
import type { ViolationKind } from './findings.ts'
import { board, canvas, clean, data, finalBoard, logged } from './history.fixture.ts'
import { type Entry, HistoryWriter, historyIn, packBytes } from './history.ts'

type Parts = ReturnType<typeof clean>
/** The clean history with some entries replaced; null removes one. */
const check = (changes: Partial<Record<keyof Parts, Entry | null>> = {}, more: readonly Entry[] = []) => {
  const entries = Object.entries({ ...clean(), ...changes }).flatMap(([, entry]) => (entry === null ? [] : [entry]))
  return checkHistory(() => [...entries, ...more])
}
const foundIn = (verdict: ReturnType<typeof check>) =>
  Object.entries(verdict.findings.counts)
    .filter(([, count]) => count > 0)
    .map(([kind]) => kind)

test('a clean history has no findings, and every entry is counted', () => {
  const verdict = check()
  expect(verdict.findings.examples).toEqual([])
  expect(verdict).toMatchObject({
    attempted: 5,
    acknowledged: 2,
    refused: 1,
    unknown: 2,
    logged: 4,
    commits: 3,
    clients: 2,
    deadLettered: 0,
  })
  expect(verdict).toMatchObject({ frames: 6, boards: 6, excused: 0 })
})

test('a history without a log, or without entries, is not clean', () => {
  expect(() => checkHistory(() => [])).toThrow('names no canvas')
  expect(foundIn(check({ log1: null, log2: null, log3: null }))).toEqual(['lost', 'ghost', 'torn'])
})

const violations: [what: string, wrong: ViolationKind, changes: Partial<Record<keyof Parts, Entry | null>>][] = [
  ['an acknowledged placement is not in the log', 'lost', { answer1: { k: 'acknowledged', op: 1, at: 2, ids: ['x-0.0'] } }],
  ['the log has a hole', 'lost', { log2: null }],
  [
    'a client ends before the head',
    'lost',
    { commit3: null, shown1: { k: 'shown', w: 1, tile: 0, seq: 2, bytes: board([0, 1], [1, 1], [2, 2]), last: true } },
  ],
  ['a client has no final screen', 'lost', { shown0: null }],
  [
    'a server ends before the head',
    'lost',
    { final: { k: 'final', source: 'web 1', tile: 0, epoch: 'epoch001', seq: 2, bytes: board([0, 1], [1, 1], [2, 2]) } },
  ],
  ['one placement is acknowledged for two attempts', 'doubled', { answer4: { k: 'acknowledged', op: 4, at: 8, ids: ['a-0.0'] } }],
  ['a repetition was placed again', 'doubled', { log2: logged(2, [[0, 0, 1, 'p_a', 'b-0.0']]) }],
  ['a commit has two numbers', 'doubled', { log3: logged(3, [[0, 0, 1, 'p_a', 'a-0.0']]) }],
  [
    'a client applies a frame twice',
    'doubled',
    { late0: { k: 'frame', w: 0, tile: 0, from: 2, to: 2, data: data([1, 1], [2, 2]), did: 'applied', before: 3 } },
  ],
  [
    'a client is shown one placement at two seqs',
    'doubled',
    { commit3: { k: 'commit', w: 1, tile: 0, seq: 3, whole: true, pixels: [[0, 0, '#FF0000', 'a-0.0']], did: 'applied', before: 2 } },
  ],
  ['a client applies a frame over a gap', 'outOfOrder', { commit2: null, part1: null }],
  [
    'a client goes back',
    'outOfOrder',
    { late0: { k: 'board', w: 0, tile: 0, epoch: 'epoch001', seq: 2, bytes: board([0, 1], [1, 1], [2, 2]) } },
  ],
  ['the log is against the times in it', 'outOfOrder', { log3: logged(3, [[0, 0, 3, 'p_a', 'c-0.0']], { atMs: 5 }) }],
  [
    'the log is against real time',
    'outOfOrder',
    {
      attempt1: { k: 'attempt', op: 1, at: 9, by: 'p_a', pixels: [[0, 0, 1]] },
      answer1: { k: 'acknowledged', op: 1, at: 10, ids: ['a-0.0'] },
    },
  ],
  [
    'a frame shows what was never committed',
    'ghost',
    { frame0: { k: 'frame', w: 0, tile: 0, from: 1, to: 3, data: data([0, 3], [1, 1], [2, 2], [9, 1]), did: 'applied', before: 1 } },
  ],
  [
    'an event shows what was never committed',
    'ghost',
    { commit3: { k: 'commit', w: 1, tile: 0, seq: 3, whole: true, pixels: [[0, 0, '#0000FF', 'z-0.0']], did: 'applied', before: 2 } },
  ],
  [
    'a frame is beyond the log',
    'ghost',
    { late0: { k: 'frame', w: 0, tile: 0, from: 4, to: 4, data: data([1, 1]), did: 'gap', before: 2 } },
  ],
  ['what was refused is in the log', 'ghost', { answer1: { k: 'refused', op: 1, code: 'unavailable' } }],
  ['a placement without an intent is in the log', 'ghost', { attempt2: { k: 'attempt', op: 2, at: 3, by: 'p_b', pixels: [[1, 0, 1]] } }],
  [
    'half a batch was saved',
    'torn',
    {
      attempt2: {
        k: 'attempt',
        op: 2,
        at: 3,
        by: 'p_b',
        pixels: [
          [1, 0, 1],
          [2, 0, 2],
          [3, 0, 1],
        ],
      },
    },
  ],
  ['the log says something else than the answer', 'torn', { attempt1: { k: 'attempt', op: 1, at: 1, by: 'p_a', pixels: [[0, 1, 1]] } }],
  [
    'the database has a pixel without an event',
    'torn',
    { database: { k: 'database', tile: 0, bytes: board([0, 3], [1, 1], [2, 2], [7, 1]) } },
  ],
  ['the database lacks a pixel that has an event', 'torn', { database: { k: 'database', tile: 0, bytes: board([0, 3], [1, 1]) } }],
  ['a painter spent more than they had', 'overspent', { canvas: { ...canvas, charges: 1 } as Entry }],
  [
    'a frame has another colour than the fold',
    'differing',
    { frame0: { k: 'frame', w: 0, tile: 0, from: 1, to: 3, data: data([0, 1], [1, 1], [2, 2]), did: 'applied', before: 1 } },
  ],
  [
    'a frame leaves out a pixel',
    'differing',
    { frame0: { k: 'frame', w: 0, tile: 0, from: 1, to: 3, data: data([0, 3], [1, 1]), did: 'applied', before: 1 } },
  ],
  [
    'an event leaves out a pixel',
    'differing',
    { commit2: { k: 'commit', w: 1, tile: 0, seq: 2, whole: true, pixels: [[1, 0, '#FF0000', 'b-0.0']], did: 'applied', before: 1 } },
  ],
  [
    'a client shows something else at the same seq',
    'differing',
    { shown0: { k: 'shown', w: 0, tile: 0, seq: 3, bytes: board([0, 3], [1, 1]), last: true } },
  ],
  [
    'a board is something else at the same seq',
    'differing',
    { final: { k: 'final', source: 'web 1', tile: 0, epoch: 'epoch001', seq: 3, bytes: board([0, 1], [1, 1], [2, 2]) } },
  ],
  [
    'a board is of another epoch',
    'differing',
    { final: { k: 'final', source: 'web 1', tile: 0, epoch: 'epoch002', seq: 3, bytes: finalBoard } },
  ],
]

test.each(violations)('%s: %s', (_what, wrong, changes) => {
  expect(foundIn(check(changes))).toContain(wrong)
})

test('a dead letter may have been shown until its pixels were set again, and is not lost', () => {
  const shownBefore = board([0, 3], [1, 1], [2, 2])
  const history = {
    log2: logged(2, [], { cause: 'skipped' }),
    log3: logged(3, [[0, 0, 3, 'p_a', 'c-0.0']]),
    answer2: { k: 'acknowledged', op: 2, at: 4, ids: ['b-0.0', 'b-0.1'] } as Entry,
    shown0: { k: 'shown', w: 0, tile: 0, seq: 3, bytes: shownBefore, last: false } as Entry,
    shown1: { k: 'shown', w: 1, tile: 0, seq: 3, bytes: shownBefore, last: false } as Entry,
    final: null,
    database: { k: 'database', tile: 0, bytes: board([0, 3]) } as Entry,
  }
  const rollback = logged(
    4,
    [
      [1, 0, 0, 'p_b', 'd-0.0'],
      [2, 0, 0, 'p_b', 'd-0.1'],
    ],
    { cause: 'rollback' },
  )
  const after: Entry[] = [0, 1].map((w) => ({ k: 'board', w, tile: 0, epoch: 'epoch001', seq: 4, bytes: board([0, 3]) }))
  const ends: Entry[] = [0, 1].map((w) => ({ k: 'shown', w, tile: 0, seq: 4, bytes: board([0, 3]), last: true }))
  const dead: Entry = { k: 'dead', id: 'b-0', tile: 0, seq: 2 }
  const verdict = check(history, [rollback, dead, ...after, ...ends])
  expect(verdict.findings.examples).toEqual([])
  expect(verdict.deadLettered).toBe(2)
  expect(verdict.excused).toBeGreaterThan(0)

  // Without the commit that states the former colors, clients would show the dead letter forever.
  const never = check(history, [dead, ...ends.map((entry) => ({ ...entry, seq: 3, bytes: shownBefore }) as Entry)])
  expect(foundIn(never)).toContain('differing')
})

test('a history is read back from its file, and a truncated file is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fresco-history-'))
  const file = join(folder, 'history.jsonl')
  const writer = new HistoryWriter(file)
  for (const entry of Object.values(clean())) writer.add(entry)
  writer.close()
  expect([...historyIn(file)()]).toEqual(Object.values(clean()))
  expect(checkHistory(historyIn(file)).findings.total).toBe(0)
  rmSync(folder, { recursive: true })
})

test('a long history: 100,000 placements with ten clients take less than 300 MB', () => {
  const commits = 2_000
  const perCommit = 50
  const wide = { ...canvas, width: 256, height: 256, tileSize: 256, cooldownMs: 0 } as Entry
  const placesOf = (seq: number) => Array.from({ length: perCommit }, (_, index) => (seq * 97 + index * 613) % 65_536).sort((a, b) => a - b)
  const entries = function* (): Generator<Entry> {
    yield wide
    for (let seq = 1; seq <= commits; seq++) {
      const pixels = placesOf(seq).map((place) => [place % 256, Math.floor(place / 256), seq % 4] as const)
      yield { k: 'attempt', op: seq, at: seq, by: 'p_a', pixels }
      yield { k: 'acknowledged', op: seq, at: seq + 0.5, ids: pixels.map((_, index) => `c${seq}-0.${index}`) }
      const packed = data(...placesOf(seq).map((place) => [place, seq % 4] as [number, number]))
      for (let w = 0; w < 10; w++) yield { k: 'frame', w, tile: 0, from: seq, to: seq, data: packed, did: 'applied', before: seq - 1 }
      yield logged(
        seq,
        pixels.map(([gx, gy, color], index) => [gx, gy, color, 'p_a', `c${seq}-0.${index}`]),
      )
    }
    const shown = new Uint8Array(65_536)
    for (let seq = 1; seq <= commits; seq++) for (const place of placesOf(seq)) shown[place] = seq % 4
    for (let w = 0; w < 10; w++) yield { k: 'shown', w, tile: 0, seq: commits, bytes: packBytes(shown), last: true }
  }
  const before = process.memoryUsage().rss
  const verdict = checkHistory(entries)
  expect(verdict.findings.examples).toEqual([])
  expect(verdict).toMatchObject({ acknowledged: 100_000, logged: 100_000, clients: 10, frames: 20_000 })
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
})
