import { beforeEach, expect, test, vi } from 'vitest'
import { loadPreference, type Preferences, savePreference } from './preferences.ts'

const stored = new Map<string, string>()
beforeEach(() => {
  stored.clear()
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
  })
})

const all: Preferences = {
  theme: 'dark',
  motion: 'less',
  ready: 'next',
  title: false,
  sound: true,
  notify: true,
  color: 255,
  grid: true,
  letters: false,
  keys: { grid: ['j', 'shift+j'], eyedropper: [] },
  folded: true,
  minimap: false,
  assist: true,
  painted: true,
  boards: { constructor: { announced: 'a', rules: -5, hasTemplates: true }, main: {} },
}

test('every choice is read as it was saved', () => {
  for (const [name, value] of Object.entries(all)) savePreference(name as keyof Preferences, value as never)
  for (const [name, value] of Object.entries(all)) expect(loadPreference(name as keyof Preferences), name).toEqual(value)
})

test.each<[keyof Preferences, string]>([
  ['theme', '"blue"'],
  ['theme', 'dark'],
  ['color', '256'],
  ['color', '-1'],
  ['color', '1.5'],
  ['grid', '"true"'],
  ['keys', '{"grid":["12345","1","2","3","4"]}'],
  ['keys', '{"grid":["123456789"]}'],
  ['keys', '{"grid":[""]}'],
  ['keys', '{"grid":"g"}'],
  ['keys', '[]'],
  ['boards', '{"main":{"rules":"x"}}'],
  ['boards', '{"main":null}'],
  ['boards', 'null'],
])('another shape is ignored: %s %s', (name, text) => {
  stored.set(`fresco.${name}`, text)
  expect(loadPreference(name)).toBeNull()
})

test('unknown fields of a board are dropped, and storage that fails is no error', () => {
  stored.set('fresco.boards', '{"main":{"announced":"a","other":1}}')
  expect(loadPreference('boards')).toEqual({ main: { announced: 'a' } })
  const fail = () => {
    throw new Error('blocked')
  }
  vi.stubGlobal('localStorage', { getItem: fail, setItem: fail })
  savePreference('grid', true)
  expect(loadPreference('grid')).toBeNull()
})
