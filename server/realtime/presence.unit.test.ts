import { beforeEach, expect, test } from 'vitest'
import { asCanvasId, type CanvasId } from '../../lib/brand.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import type { Signal } from '../stream/port.ts'
import { Presence } from './presence.ts'

const main = asCanvasId('main')
let nowMs: number
let here: number
let canvases: CanvasId[]
let signals: Signal[]
let presence: Presence

beforeEach(() => {
  nowMs = 0
  here = 2
  canvases = [main]
  signals = []
  const stream = new EmbeddedStream()
  stream.signal = (signal) => void signals.push(signal)
  presence = new Presence({ gateway: 'one', stream, now: () => nowMs, joinedHere: () => here, canvasesHere: () => canvases })
})

test('a count is sent to a room when it has changed, and to the other gateways each time', () => {
  expect(presence.changes()).toEqual([{ canvas: main, online: 2 }])
  expect(presence.changes()).toEqual([])
  here = 3
  expect(presence.changes()).toEqual([{ canvas: main, online: 3 }])
  expect(signals).toEqual([2, 2, 3].map((online) => ({ kind: 'presence', gateway: 'one', online: { main: online } })))
})

test('an unchanged count is sent again after a socket has joined', () => {
  presence.changes()
  presence.resend(main)
  expect(presence.changes()).toEqual([{ canvas: main, online: 2 }])
  expect(presence.changes()).toEqual([])
})

test('the counts of a gateway expire without signals, and are removed at once when it leaves', () => {
  presence.receive('one', { main: 50 })
  presence.receive('two', { main: 5, other: 9 })
  presence.receive('three', { main: 1 })
  expect(presence.online(main)).toBe(8)
  presence.receive('three', {})
  expect(presence.online(main)).toBe(7)
  nowMs = 10_000
  expect(presence.online(main)).toBe(7)
  nowMs = 10_001
  expect(presence.online(main)).toBe(2)
  presence.leave()
  expect(signals).toEqual([{ kind: 'presence', gateway: 'one', online: {} }])
})

test('a canvas without sockets gets its count again when a socket joins', () => {
  presence.changes()
  canvases = []
  expect(presence.changes()).toEqual([])
  canvases = [main]
  expect(presence.changes()).toEqual([{ canvas: main, online: 2 }])
})
