import { expect, test } from 'vitest'
import type { BoardField } from './board-fields.ts'
import { changeOf, differencesOf, editedFields, refusedFields, shownValue, type Typed, wrongFields } from './board-form.ts'
import { board } from './testing/board.ts'

const typed = (field: BoardField, text: string): Typed => ({ [field]: text })

test('a field shows the value of the board, and durations in seconds', () => {
  expect((['title', 'state', 'cooldownMs', 'maxCharges', 'size'] as const).map((field) => shownValue(board, {}, field))).toEqual([
    'Main board',
    'open',
    '2.5',
    '10',
    { width: '200', height: '120' },
  ])
})

test('a setting that is typed as null is not the one of the board', () => {
  expect(shownValue({ ...board, onlyColor: 1 }, { onlyColor: null }, 'onlyColor')).toBeNull()
  expect(changeOf({ ...board, onlyColor: 1 }, { onlyColor: null })).toEqual({ onlyColor: null })
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
  ['undoMs', '60', 60_000],
  ['rules', '**Be kind.**', '**Be kind.**'],
])('the text of %s %j becomes the value %j', (field, text, value) => {
  expect(wrongFields(board, typed(field, text))).toEqual([])
  expect(changeOf(board, typed(field, text))).toEqual({ [field]: value })
})

test.each<[BoardField, string]>([
  ['title', ' '],
  ['title', 'x'.repeat(81)],
  ['title', 'a\u0000b'],
  ['title', '\u200b'],
  ['undoMs', '60.001'],
  ['rules', 'x'.repeat(4_001)],
  ['rules', '<script>'],
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
  expect(wrongFields(board, typed(field, text))).toEqual([field])
  expect(editedFields(board, typed(field, text))).toEqual([field])
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
  const after = { ...board, rev: 4, online: 9, title: 'Other', width: 300, colorNames: ['chalk', 'coal'] }
  expect(differencesOf(board, after).map(({ field }) => field)).toEqual(['title', 'size', 'colors'])
  expect(differencesOf(board, { ...board, rev: 4, online: 9 })).toEqual([])
})

test('a side of the board never shrinks, and only the side that grows is sent', () => {
  expect(wrongFields(board, { size: { width: '199', height: '120' } })).toEqual(['size'])
  expect(wrongFields(board, { size: { width: '200', height: '16385' } })).toEqual(['size'])
  expect(changeOf(board, { size: { width: '16384', height: '120' } })).toEqual({ width: 16_384 })
})

test('a protected area lies inside the board', () => {
  const area = (gx: string, gy: string, width: string, height: string): Typed => ({ protectedAreas: [{ id: 'a', gx, gy, width, height }] })
  expect(changeOf(board, area('190', '0', '10', '120'))).toEqual({ protectedAreas: [{ gx: 190, gy: 0, width: 10, height: 120 }] })
  for (const outside of [area('190', '0', '11', '1'), area('-1', '0', '1', '1'), area('0', '0', '0', '1'), area('', '0', '1', '1')])
    expect(wrongFields(board, outside)).toEqual(['protectedAreas'])
})

test('a refusal of the server belongs to the field that shows the refused key', () => {
  expect(refusedFields(['width', 'schedule.2.at', 'palette.33', 'If-Match'])).toEqual(['size', 'colors', 'schedule'])
})
