import { expect, test } from 'vitest'
import { connectionWord, type WordInput } from './connection-word.ts'

const whole = { partlyLive: null, loadedPercent: null }

const input = (state: WordInput['before']['state']): WordInput => ({
  before: { state, sinceMs: 1, behindPixels: 5, ...whole },
  link: 'up',
  lastMessageMs: 40,
  current: true,
  notCurrentSinceMs: null,
  nowMs: 100,
  ...whole,
})

const word = (state: WordInput['before']['state'], change: Partial<WordInput>) => connectionWord({ ...input(state), ...change })

test('a link that is not up is offline since the last message', () => {
  expect(word('live', { link: 'down' })).toEqual({ state: 'offline', sinceMs: 40, behindPixels: 0, ...whole })
  expect(word('catching_up', { link: 'mute' })).toEqual({ state: 'offline', sinceMs: 40, behindPixels: 0, ...whole })
  expect(word('connecting', { link: 'down' })).toEqual({ state: 'offline', sinceMs: 100, behindPixels: 0, ...whole })
})

test('after a reconnect the word is Catching up until every tile is current', () => {
  expect(word('offline', { current: false, notCurrentSinceMs: 100 }).state).toBe('catching_up')
  expect(word('catching_up', { current: false, notCurrentSinceMs: 1 })).toEqual({
    state: 'catching_up',
    sinceMs: 1,
    behindPixels: 5,
    ...whole,
  })
  expect(word('catching_up', { current: true })).toEqual({ state: 'live', sinceMs: 100, behindPixels: 0, ...whole })
})

test('a visitor who has never been live is connecting, not catching up', () => {
  expect(word('connecting', { current: false, notCurrentSinceMs: 0 }).state).toBe('connecting')
  expect(word('connecting', { link: 'connecting', current: false }).state).toBe('connecting')
})

test('new tiles in view change the word Live only after a second', () => {
  expect(word('live', { current: false, notCurrentSinceMs: 0, nowMs: 999 }).state).toBe('live')
  expect(word('live', { current: false, notCurrentSinceMs: 0, nowMs: 1_000 }).state).toBe('catching_up')
})

test('an unchanged word is the same object, so React renders nothing', () => {
  const before = { state: 'live' as const, sinceMs: 1, behindPixels: 0, ...whole }
  expect(word('live', { before })).toBe(before)
})

test('a view with too many tiles is partly live, and the word has the number', () => {
  const partlyLive = { parts: 416, of: 1_024 }
  const partly = word('catching_up', { partlyLive })
  expect(partly).toMatchObject({ state: 'partly_live', partlyLive })
  expect(connectionWord({ ...input('live'), before: partly, partlyLive: { ...partlyLive } })).toBe(partly)
  expect(word('partly_live', { current: false, notCurrentSinceMs: 0, nowMs: 999 }).state).toBe('partly_live')
  expect(word('partly_live', { current: false, notCurrentSinceMs: 0, nowMs: 1_000 }).state).toBe('catching_up')
})

test('the loaded percentage is set while connecting and catching up', () => {
  for (const state of ['connecting', 'catching_up'] as const) {
    expect(word(state, { current: false, loadedPercent: 41 }).loadedPercent).toBe(41)
  }
  expect(word('live', { loadedPercent: 41 }).loadedPercent).toBeNull()
})
