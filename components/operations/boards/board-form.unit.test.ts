import { expect, test } from 'vitest'
import { type BoardField, changeOf, differencesOf, editedFields, textOf, wrongFields } from './board-form.ts'
import { board } from './testing/board.ts'

test('a field shows the value of the board, and the cooldown in seconds', () => {
  expect((['title', 'state', 'cooldownMs', 'maxCharges'] as const).map((field) => textOf(board, field))).toEqual([
    'Main board',
    'open',
    '2.5',
    '10',
  ])
})

test.each<[BoardField, string, unknown]>([
  ['title', '  Finale ', 'Finale'],
  ['title', 'x'.repeat(80), 'x'.repeat(80)],
  ['title', '😀'.repeat(80), '😀'.repeat(80)],
  ['state', 'closed', 'closed'],
  ['cooldownMs', '0', 0],
  ['cooldownMs', '0,25', 250],
  ['cooldownMs', ' 86400 ', 86_400_000],
  ['maxCharges', '10000', 10_000],
  ['startCharges', '0', 0],
])('the text of %s %j becomes the value %j', (field, text, value) => {
  expect(wrongFields(board, { [field]: text })).toEqual([])
  expect(changeOf(board, { [field]: text })).toEqual({ [field]: value })
})

test.each<[BoardField, string]>([
  ['title', ' '],
  ['title', 'x'.repeat(81)],
  ['title', 'a\u0000b'],
  ['title', '\u200b'],
  ['state', 'over'],
  ['cooldownMs', ''],
  ['cooldownMs', '-1'],
  ['cooldownMs', '1e3'],
  ['cooldownMs', '0.0005'],
  ['cooldownMs', '86400.001'],
  ['maxCharges', '0'],
  ['maxCharges', '10001'],
  ['maxCharges', '1.5'],
  ['startCharges', '11'],
])('the text of %s %j is wrong, and it is not saved yet', (field, text) => {
  expect(wrongFields(board, { [field]: text })).toEqual([field])
  expect(editedFields(board, { [field]: text })).toEqual([field])
})

test('start charges may not be more than the most charges, whichever of the two is typed', () => {
  expect(wrongFields(board, { maxCharges: '4' })).toEqual(['startCharges'])
  expect(wrongFields(board, { maxCharges: '20', startCharges: '20' })).toEqual([])
  expect(wrongFields(board, { maxCharges: 'x', startCharges: '20' })).toEqual(['maxCharges'])
})

test('a text that means the same as before is no edit', () => {
  const same = { title: 'Main board ', cooldownMs: '2,50', maxCharges: '010' }
  expect([editedFields(board, same), changeOf(board, same)]).toEqual([[], {}])
})

test('the differences of two revisions are those of the form', () => {
  expect(differencesOf(board, { ...board, rev: 4, online: 9, title: 'Other', cooldownMs: 0 })).toEqual([
    { field: 'title', before: 'Main board', after: 'Other' },
    { field: 'cooldownMs', before: 2_500, after: 0 },
  ])
})
