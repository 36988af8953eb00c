import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { maxBoards, recallBoard, remember } from './board-memory.ts'

const items = new Map<string, string>()
const ui = { setState: vi.fn() }

beforeEach(() => {
  items.clear()
  const getItem = (name: string) => items.get(name) ?? null
  vi.stubGlobal('localStorage', { getItem, setItem: (name: string, value: string) => items.set(name, value) })
})
afterEach(() => vi.unstubAllGlobals())

test('what is remembered of a board is kept for the next visit, and apart from other boards', () => {
  remember(ui, 'main', { announced: 'a' })
  remember(ui, 'main', { dismissed: 'a' })
  remember(ui, 'other', { rules: 7 })
  expect(recallBoard('main')).toEqual({ announced: 'a', dismissed: 'a' })
  expect(recallBoard('other')).toEqual({ rules: 7 })
  expect(ui.setState).toHaveBeenLastCalledWith({ memory: { rules: 7 } })
})

test(`the ${maxBoards} boards that were changed last are remembered (A6)`, () => {
  for (let board = 0; board <= maxBoards; board++) remember(ui, `board-${board}`, { rules: board })
  expect(recallBoard('board-0')).toEqual({})
  expect(recallBoard('board-1')).toEqual({ rules: 1 })
  expect(recallBoard(`board-${maxBoards}`)).toEqual({ rules: maxBoards })
  remember(ui, 'board-1', { announced: 'a' })
  remember(ui, 'new', {})
  expect(recallBoard('board-1')).toEqual({ rules: 1, announced: 'a' })
  expect(recallBoard('board-2')).toEqual({})
})

test('a board with the name of an inherited property, or damaged storage, has no memory', () => {
  expect(recallBoard('constructor')).toEqual({})
  items.set('fresco.boards', '{"main": 7}')
  expect(recallBoard('main')).toEqual({})
  remember(ui, 'main', { rules: 1 })
  expect(recallBoard('main')).toEqual({ rules: 1 })
})

test('a browser without storage forgets, and nothing fails', () => {
  vi.stubGlobal('localStorage', undefined)
  remember(ui, 'main', { rules: 1 })
  expect(recallBoard('main')).toEqual({})
  expect(ui.setState).toHaveBeenLastCalledWith({ memory: { rules: 1 } })
})
