import { expect, test } from 'vitest'
import { type ConnectionInput, nextConnection } from './connection-info.ts'

const whole = { partlyLive: null, loadedPercent: null }

const input = (state: ConnectionInput['before']['state']): ConnectionInput => ({
  before: { state, sinceMs: 1, behindPixels: 5, ...whole },
  link: 'up',
  lastMessageMs: 40,
  current: true,
  notCurrentSinceMs: null,
  nowMs: 100,
  ...whole,
})

const next = (state: ConnectionInput['before']['state'], change: Partial<ConnectionInput>) => nextConnection({ ...input(state), ...change })

test('a link that is not up is offline since the last message', () => {
  expect(next('live', { link: 'down' })).toEqual({ state: 'offline', sinceMs: 40, behindPixels: 0, ...whole })
  expect(next('catching_up', { link: 'silent' })).toEqual({ state: 'offline', sinceMs: 40, behindPixels: 0, ...whole })
  expect(next('connecting', { link: 'down' })).toEqual({ state: 'offline', sinceMs: 100, behindPixels: 0, ...whole })
})

test('after a reconnect the state is catching up until every tile is current', () => {
  expect(next('offline', { current: false, notCurrentSinceMs: 100 }).state).toBe('catching_up')
  expect(next('catching_up', { current: false, notCurrentSinceMs: 1 })).toEqual({
    state: 'catching_up',
    sinceMs: 1,
    behindPixels: 5,
    ...whole,
  })
  expect(next('catching_up', { current: true })).toEqual({ state: 'live', sinceMs: 100, behindPixels: 0, ...whole })
})

test('a visitor who has never been live is connecting, not catching up', () => {
  expect(next('connecting', { current: false, notCurrentSinceMs: 0 }).state).toBe('connecting')
  expect(next('connecting', { link: 'connecting', current: false }).state).toBe('connecting')
})

test('new tiles in view end the state live only after a second', () => {
  expect(next('live', { current: false, notCurrentSinceMs: 0, nowMs: 999 }).state).toBe('live')
  expect(next('live', { current: false, notCurrentSinceMs: 0, nowMs: 1_000 }).state).toBe('catching_up')
})

test('an unchanged state is the same object, so React renders nothing', () => {
  const before = { state: 'live' as const, sinceMs: 1, behindPixels: 0, ...whole }
  expect(next('live', { before })).toBe(before)
})

test('a view with too many tiles is partly live, and the state has the numbers of tiles', () => {
  const partlyLive = { parts: 416, of: 1_024 }
  const partly = next('catching_up', { partlyLive })
  expect(partly).toMatchObject({ state: 'partly_live', partlyLive })
  expect(nextConnection({ ...input('live'), before: partly, partlyLive: { ...partlyLive } })).toBe(partly)
  expect(next('partly_live', { current: false, notCurrentSinceMs: 0, nowMs: 999 }).state).toBe('partly_live')
  expect(next('partly_live', { current: false, notCurrentSinceMs: 0, nowMs: 1_000 }).state).toBe('catching_up')
})

test('the loaded percentage is set while connecting and catching up', () => {
  for (const state of ['connecting', 'catching_up'] as const) {
    expect(next(state, { current: false, loadedPercent: 41 }).loadedPercent).toBe(41)
  }
  expect(next('live', { loadedPercent: 41 }).loadedPercent).toBeNull()
})
