import { expect, test } from 'vitest'
import { operationsWords } from '../../../lib/words/operations-words.ts'
import { actKey, byDay, detailTexts, isUnknown, outcomeText, whoText } from './act-words.ts'
import type { ShownAct } from './log-store.ts'

const words = operationsWords
const at = '2026-01-01T12:00:00.000Z'
const nowMs = Date.parse(at) + 1_000
const act = (fields: Partial<ShownAct> = {}): ShownAct => ({
  ...{ id: 'a', at, by: 'p_admin', via: 'session', action: 'canvas.change', target: 'main', details: {}, outcome: 'done', code: null },
  ...fields,
})

test('an act that this version does not have gets a general sentence', () => {
  expect(actKey(act())).toBe('log.acts.canvas.change')
  expect(actKey(act({ action: 'canvas.paint', target: 'main' }))).toBe('log.acts.otherTarget')
  for (const action of ['report.close', 'canvas', 'constructor.name', 'other', '__proto__.x']) {
    expect(actKey(act({ action, target: null }))).toBe('log.acts.other')
  }
})

test('it says who acted', () => {
  expect(whoText(words, act())).toBe('An operator')
  expect(whoText(words, act({ by: 'p_0000000000abcd' }))).toBe('Guest abcd, an operator,')
  expect(whoText(words, act({ via: 'token' }))).toBe('A program with the admin token')
  expect(whoText(words, act({ by: 'command line', via: 'command_line' }))).toBe('The command line')
})

test('details are short texts: values with their units, old and new ones, and lists by name only', () => {
  expect(
    detailTexts(words, {
      cooldownMs: { from: 5_000, to: 2_500 },
      title: { from: 'Main', to: 'Finale' },
      palette: { from: '["#FF0000"]', to: '["#FF0000","#00FF00"]' },
      contact: { from: '', to: 'Us' },
      rules: { from: '', to: '[Rules](https://example.org)' },
      templates: { from: null, to: true },
      assist: true,
      address: '127.0.0.1',
      unheard: null,
    }),
  ).toEqual([
    'One pixel every: 5 s → 2.5 s',
    'Title: “Main” → “Finale”',
    'Palette changed',
    'Contact: nothing → “Us”',
    'Rules: nothing → “[Rules](https://example.org)”',
    'Shared templates: off → on',
    'Assisted painting: on',
    'Address: 127.0.0.1',
    'unheard: nothing',
  ])
})

test('an act without an outcome runs for a minute, and its outcome is unknown then', () => {
  expect(outcomeText(words, act(), nowMs)).toBe('done')
  expect(outcomeText(words, act({ outcome: 'refused', code: 'stale_rev' }), nowMs)).toBe('refused: somebody else had changed it')
  expect(outcomeText(words, act({ outcome: null }), nowMs)).toBe('running')
  expect(outcomeText(words, act({ outcome: null }), nowMs + 60_000)).toBe('outcome unknown')
  expect(isUnknown(act(), nowMs + 60_000)).toBe(false)
})

test('acts are put together by the day of the reader', () => {
  const local = (text: string) => act({ at: new Date(text).toISOString() })
  const days = byDay([local('2026-01-02T00:00:00'), local('2026-01-01T23:59:59'), local('2026-01-01T00:00:00')])
  expect(days.map(({ atMs, acts }) => [new Date(atMs).getDate(), acts.length])).toEqual([
    [2, 1],
    [1, 2],
  ])
})
