import { expect, test } from 'vitest'
import { keyAction } from './keyboard.ts'
import { parsePlace, placeHash } from './place-hash.ts'

const press = (key: string, more: Partial<Parameters<typeof keyAction>[0]> = {}, letters = true) =>
  keyAction({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more }, { letters })

test('arrows move by one, with Shift by ten', () => {
  expect(press('ArrowLeft')).toEqual({ do: 'move', dx: -1, dy: 0 })
  expect(press('ArrowDown', { shiftKey: true })).toEqual({ do: 'move', dx: 0, dy: 10 })
})

test('digits choose the first ten colours', () => {
  expect(['1', '9', '0'].map((key) => press(key))).toEqual([0, 8, 9].map((index) => ({ do: 'choose', index })))
})

test('letters can be switched off, and other keys cannot', () => {
  expect([press('g'), press('g', {}, false), press('?', {}, false)]).toEqual([{ do: 'grid' }, null, { do: 'help' }])
})

test('the browser keeps its own shortcuts', () => {
  for (const modifier of ['ctrlKey', 'metaKey', 'altKey']) expect(press('+', { [modifier]: true })).toBeNull()
  expect(press('Tab')).toBeNull()
})

test('a place goes into the address and comes back', () => {
  expect(placeHash({ x: 512, y: 233.256, zoom: 12 })).toBe('#x=512&y=233.26&z=12')
  expect(parsePlace('#x=512&y=233.26&z=12')).toEqual({ x: 512, y: 233.26, zoom: 12 })
  expect(parsePlace('#x=-5&y=0')).toEqual({ x: -5, y: 0 })
})

test.each(['', '#', '#x=1', '#x=1&y=', '#x=NaN&y=1', '#x=1e9&y=1', '#x=Infinity&y=0', '#y=1&z=2'])('%j is no place', (hash) => {
  expect(parsePlace(hash)).toBeNull()
})

test('a zoom of nothing is none', () => {
  expect(parsePlace('#x=1&y=2&z=0')).toEqual({ x: 1, y: 2 })
})
