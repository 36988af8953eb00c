import { expect, test } from 'vitest'
import { asCanvasId, asPainterId, asSeq, asTile } from '../../lib/brand.ts'
import { guestName } from '../../lib/painter.ts'
import type { SocketData } from './gateway-socket.ts'
import { SeenReports, seenBounds } from './seen-reports.ts'

const [main, tile0] = [asCanvasId('main'), asTile(0)]
const savedAtMs = 1_000_000

const setup = () => {
  let nowMs = savedAtMs + 50
  let allowed = Number.POSITIVE_INFINITY
  const reports = new SeenReports({
    liveTiles: { commitAtMs: (_ref, seq) => (seq === 7 ? savedAtMs : null) },
    mayReport: () => --allowed >= 0,
    now: () => nowMs,
    monotonicNow: () => nowMs,
  })
  const socketOf = (painter: string | null, address = '1.2.3.4', tiles = [tile0]) => {
    const id = asPainterId(`p_${painter}`)
    const caller: SocketData['caller'] =
      painter === null
        ? { kind: 'anonymous' }
        : { kind: 'guest', via: 'token', painter: { id, name: guestName(id), role: 'guest', createdAtMs: 0 } }
    const joined = new Map([[main, new Map(tiles.map((tile) => [tile, 'packed' as const]))]])
    return { data: { caller, address, joined, turn: Promise.resolve(), turnsWaiting: 0 } }
  }
  const report = (ms: number, socket = socketOf('anna'), seq = 7) =>
    reports.accept(socket, { canvas: main, tile: tile0, seq: asSeq(seq), ms })
  return {
    report,
    socketOf,
    advance(ms: number) {
      nowMs += ms
    },
    allow(count: number) {
      allowed = count
    },
  }
}

test('a report counts at most as the age of its commit', () => {
  const { report, advance } = setup()
  expect(report(40)).toBe(40)
  advance(seenBounds.everyMs)
  expect(report(seenBounds.everyMs + 50 + seenBounds.toleranceMs)).toBe(seenBounds.everyMs + 50)
  advance(seenBounds.everyMs)
  expect(report(2 * seenBounds.everyMs + 51 + seenBounds.toleranceMs)).toBeNull()
})

test('a report does not count if its commit is unknown or old, or its tile is not joined', () => {
  const { report, socketOf, advance } = setup()
  expect(report(40, socketOf('anna'), 8)).toBeNull()
  expect(report(40, socketOf('anna', '1.2.3.4', []))).toBeNull()
  advance(seenBounds.maxAgeMs)
  expect(report(40)).toBeNull()
})

test('a painter counts once in ten seconds, over all its sockets', () => {
  const { report, socketOf, advance } = setup()
  expect([report(1), report(2), report(3, socketOf('anna', '5.6.7.8')), report(4, socketOf('bert'))]).toEqual([1, null, null, 4])
  advance(seenBounds.everyMs)
  expect(report(5)).toBe(5)
})

test('all anonymous watchers of an address count as one', () => {
  const { report, socketOf } = setup()
  const from = (address: string) => report(9, socketOf(null, address))
  expect([from('1.2.3.4'), from('1.2.3.4'), from('2001:db8::1'), from('2001:db8::2'), from('4.3.2.1')]).toEqual([9, null, 9, null, 9])
})

test('many painters of one address count at most at the rate of the address', () => {
  const { report, socketOf, allow } = setup()
  allow(10)
  const counted = Array.from({ length: 50 }, (_, i) => report(3, socketOf(`painter${i}`))).filter((ms) => ms !== null)
  expect(counted).toHaveLength(10)
})

test.each([
  [60_000, 40],
  [60_001, null],
])('a report of a commit that is %d ms old counts as %s', (ageMs, counted) => {
  const { report, advance } = setup()
  advance(ageMs - 50)
  expect(report(40)).toBe(counted)
})

test('a painter counts again after exactly ten seconds', () => {
  const { report, advance } = setup()
  expect(report(1)).toBe(1)
  advance(9_999)
  expect(report(1)).toBeNull()
  advance(1)
  expect(report(1)).toBe(1)
})

test('a report may exceed the age of its commit by a second', () => {
  expect(setup().report(1_050)).toBe(50)
  expect(setup().report(1_051)).toBeNull()
})
