import { expect, test } from 'vitest'
import { blankNewBoard, bodyOf, idOf, idOfTitle, wrongParts } from './new-board.ts'
import { board } from './testing/board.ts'

const winter = { ...blankNewBoard, title: ' Winter ', width: '128', height: '64' }

test.each([
  ['Winter Fresco', 'winter-fresco'],
  ['  Été à l’école! ', 'ete-a-l-ecole'],
  ['ab '.repeat(20), 'ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab'],
  ['日本', ''],
])('the title %j suggests the address %j', (title, id) => {
  expect(idOfTitle(title)).toBe(id)
})

test('the address follows the title until the host types one', () => {
  expect([idOf(winter), idOf({ ...winter, id: 'ice' }), idOf({ ...winter, id: '' })]).toEqual(['winter', 'ice', ''])
})

test.each([
  ['title', { title: ' ' }],
  ['id', { id: 'Winter' }],
  ['id', { id: 'x'.repeat(33) }],
  ['id', { id: 'main' }],
  ['width', { width: '0' }],
  ['width', { width: '16385' }],
  ['height', { height: '1.5' }],
] as const)('a wrong %s is found', (part, typed) => {
  expect(wrongParts({ ...winter, ...typed, ...(part === 'title' ? { id: 'ice' } : {}) }, ['main'])).toEqual([part])
})

test('the limits themselves are accepted', () => {
  expect(wrongParts({ title: 'x'.repeat(80), id: 'x'.repeat(32), width: '16384', height: '1', like: null }, ['main'])).toEqual([])
})

test('a board like another one gets its palette, pace and rules, and neither its state nor its schedule', () => {
  const body = bodyOf({ ...winter, like: 'main' }, [{ ...board, rules: 'Be kind.', state: 'open' }])
  expect(body).toMatchObject({ id: 'winter', title: 'Winter', width: 128, height: 64, palette: board.palette, rules: 'Be kind.' })
  expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['state']))
  expect(bodyOf(winter, [board])).toEqual({ id: 'winter', title: 'Winter', width: 128, height: 64 })
})
