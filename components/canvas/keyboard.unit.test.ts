import { expect, test } from 'vitest'
import { commands, keyBindings, keysOf } from './commands.ts'
import { type Key, type KeyOptions, keyAction } from './keyboard.ts'

type More = Partial<Omit<Key, 'getModifierState'>> & { altGraph?: boolean }

const press = (key: string, { altGraph = false, ...more }: More = {}, options: Partial<KeyOptions> = {}) => {
  const held = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, isComposing: false }
  return keyAction(
    { key, code: '', ...held, getModifierState: () => altGraph, ...more },
    { letters: true, isMac: false, bindings: keyBindings({}), ...options },
  )
}
const back = { do: 'step', by: -1 }
const on = { do: 'step', by: 1 }

test('arrows move by one, with Shift by ten', () => {
  expect(press('ArrowLeft')).toEqual({ do: 'move', dx: -1, dy: 0 })
  expect(press('ArrowDown', { shiftKey: true })).toEqual({ do: 'move', dx: 0, dy: 10 })
})

test('digits choose the first ten colors', () => {
  expect(['1', '9', '0'].map((key) => press(key))).toEqual([0, 8, 9].map((index) => ({ do: 'choose', index })))
})

test('E1 the letter E switches the eyedropper', () => {
  expect([press('e'), press('E'), press('e', {}, { letters: false })]).toEqual([{ do: 'eyedropper' }, { do: 'eyedropper' }, null])
})

test('letters can be switched off, and other keys cannot', () => {
  expect([press('g'), press('g', {}, { letters: false }), press('?', {}, { letters: false })]).toEqual([
    { do: 'grid' },
    null,
    { do: 'panel', id: 'help' },
  ])
})

test('S3: a painter can give a command another key', () => {
  const bindings = keyBindings({ grid: ['j'], 'next-color': ['shift+j'], eyedropper: [] })
  const pressed = (key: string, more: More = {}) => press(key, more, { bindings })
  expect([pressed('j'), pressed('J'), pressed('g'), pressed('e'), pressed(']')]).toEqual([{ do: 'grid' }, { do: 'grid' }, null, null, null])
  expect(pressed('J', { shiftKey: true })).toEqual(on)
  expect(pressed('[')).toEqual(back)
  expect(pressed('о', { code: 'KeyJ' })).toEqual({ do: 'grid' })
  expect(press('j', {}, { bindings, letters: false })).toBeNull()
})

test('S3: a key that a painter has chosen stays with its command, and the command it belonged to has none', () => {
  const chosen = { grid: ['e'] }
  expect(keyBindings(chosen).get('e')).toEqual({ do: 'grid' })
  expect([keysOf(chosen, 'grid'), keysOf(chosen, 'eyedropper'), keysOf({}, 'zoom-in')]).toEqual([['e'], [], ['+', '=']])
})

test('S3: no two commands have the same id or key', () => {
  const keys = commands.flatMap((command) => command.keys)
  expect(new Set(keys).size).toBe(keys.length)
  expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length)
})

test('the browser keeps its own shortcuts', () => {
  for (const key of ['+', '-', '?', '1', 'g', 'Enter', ' ', 'ArrowLeft', '[', ']']) {
    const code = { '[': 'BracketLeft', ']': 'BracketRight' }[key] ?? ''
    expect(press(key, { code, ctrlKey: true })).toBeNull()
    expect(press(key, { code, metaKey: true })).toBeNull()
    expect(press(key, { code, altKey: true })).toBeNull()
    expect(press(key, { code, ctrlKey: true, altKey: true })).toBeNull()
    expect(press(key, { code, metaKey: true, altKey: true }, { isMac: true })).toBeNull()
  }
  expect(press('Tab')).toBeNull()
})

test.each<[string, string, More, boolean?]>([
  ['German, Windows', 'Digit8', { ctrlKey: true, altKey: true, altGraph: true }],
  ['German, Windows, with the left Ctrl and Alt', 'Digit8', { ctrlKey: true, altKey: true }],
  ['German, Linux', 'Digit8', { altGraph: true }],
  ['Czech, where AltGr types it on a letter', 'KeyF', { altGraph: true }],
  ['Spanish, where AltGr types it on the key that is a bracket in the US', 'BracketLeft', { altGraph: true }],
  ['German, Mac', 'Digit5', { altKey: true }, true],
  ['French, Mac', 'Digit5', { altKey: true, shiftKey: true }, true],
  ['Spanish, Mac', 'BracketLeft', { altKey: true }, true],
])('[ and ] step through the palette where they are typed with AltGr or Option: %s', (_, code, more, isMac = false) => {
  expect(press('[', { code, ...more }, { isMac })).toEqual(back)
  expect(press(']', { code, ...more }, { isMac })).toEqual(on)
})

test('AltGr with any other key is not a shortcut', () => {
  for (const key of ['@', '€', '2', 'g', 'Enter', ' ', 'ArrowUp', '+', '-', '?']) expect(press(key, { altGraph: true })).toBeNull()
})

test('keys of an input method and dead keys are not shortcuts', () => {
  for (const key of ['g', '1', '[', 'Enter', ' ']) expect(press(key, { isComposing: true })).toBeNull()
  for (const key of ['Dead', 'Process', 'Unidentified', 'CapsLock', 'AltGraph']) expect(press(key, { code: 'KeyG' })).toBeNull()
})

test.each([
  ['п', 'KeyG', { do: 'grid' }],
  ['П', 'KeyG', { do: 'grid' }],
  ['х', 'BracketLeft', back],
  ['ъ', 'BracketRight', on],
  ['١', 'Digit1', { do: 'choose', index: 0 }],
  ['۰', 'Numpad0', { do: 'choose', index: 9 }],
  ['７', 'Digit7', { do: 'choose', index: 6 }],
  ['［', 'BracketRight', back],
  ['؟', 'Slash', { do: 'panel', id: 'help' }],
  ['ü', 'BracketLeft', null],
  ['é', 'Digit2', null],
  ['п', 'KeyJ', null],
])('%s at %s of another layout does the same as on a US keyboard', (key, code, action) => {
  expect(press(key, { code })).toEqual(action)
})
