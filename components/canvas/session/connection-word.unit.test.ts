import { expect, test } from 'vitest'
import { connectionWord, type WordInput } from './connection-word.ts'

const word = (state: WordInput['before']['state'], change: Partial<WordInput>) =>
  connectionWord({
    before: { state, sinceMs: 1, behindPixels: 5 },
    link: 'up',
    lastHeardMs: 40,
    current: true,
    notCurrentSinceMs: null,
    nowMs: 100,
    ...change,
  })

test('a link that is not up is offline since the server was last heard', () => {
  expect(word('live', { link: 'down' })).toEqual({ state: 'offline', sinceMs: 40, behindPixels: 0 })
  expect(word('catching_up', { link: 'mute' })).toEqual({ state: 'offline', sinceMs: 40, behindPixels: 0 })
  expect(word('connecting', { link: 'down' })).toEqual({ state: 'offline', sinceMs: 100, behindPixels: 0 })
})

test('back on the line, it catches up until every tile is current', () => {
  expect(word('offline', { current: false, notCurrentSinceMs: 100 }).state).toBe('catching_up')
  expect(word('catching_up', { current: false, notCurrentSinceMs: 1 })).toEqual({ state: 'catching_up', sinceMs: 1, behindPixels: 5 })
  expect(word('catching_up', { current: true })).toEqual({ state: 'live', sinceMs: 100, behindPixels: 0 })
})

test('a visitor who has never been live is connecting, not catching up', () => {
  expect(word('connecting', { current: false, notCurrentSinceMs: 0 }).state).toBe('connecting')
  expect(word('connecting', { link: 'connecting', current: false }).state).toBe('connecting')
})

test('tiles that come into view take the word back only after a second', () => {
  expect(word('live', { current: false, notCurrentSinceMs: 0, nowMs: 999 }).state).toBe('live')
  expect(word('live', { current: false, notCurrentSinceMs: 0, nowMs: 1_000 }).state).toBe('catching_up')
})

test('a word that stays is the same object, so nothing is drawn again', () => {
  const before = { state: 'live' as const, sinceMs: 1, behindPixels: 0 }
  expect(word('live', { before })).toBe(before)
})
