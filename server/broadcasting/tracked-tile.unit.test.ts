import { expect, test } from 'vitest'
import { emptyBoard } from '../../lib/board.ts'
import { asEpoch, asPosition, asSeq, asTile, type Seq } from '../../lib/brand.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { streamCommit } from '../stream/contract.ts'
import { maxMissedCommits, TrackedTile } from './tracked-tile.ts'

const epoch = testCanvas().epoch
const tileAt = (seq: number, appliedTo = seq) => {
  const board = emptyBoard(testCanvas())
  board.seq = asSeq(seq)
  const tile = new TrackedTile({ canvas: testCanvas().id, tile: asTile(0) }, board)
  for (let next = seq + 1; next <= appliedTo; next++) tile.apply(streamCommit(next))
  return tile
}
const ask = (tile: TrackedTile, seq: number | null) => tile.catchUp({ epoch, seq: seq as Seq | null })

test('A3 a tile applies the next commit only', () => {
  const tile = tileAt(5)
  expect(tile.apply(streamCommit(7))).toBe('gap')
  expect(tile.apply(streamCommit(6))).toBe('applied')
  expect(tile.apply(streamCommit(6))).toBe('duplicate')
  expect(tile.apply(streamCommit(7, { epoch: asEpoch('other') }))).toBe('other_epoch')
  expect([tile.seq, tile.head, tile.copy().colors[6]]).toEqual([6, 5, 3])
})

test('a frame holds the unsent commits, once', () => {
  const tile = tileAt(0, 3)
  expect(tile.takeFrame()).toMatchObject({ from: 1, to: 3 })
  expect(tile.takeFrame()).toBeNull()
  tile.apply(streamCommit(4))
  expect(tile.takeFrame()).toMatchObject({ from: 4, to: 4 })
})

test('A3 a client is caught up to the last seq that the room was sent', () => {
  const tile = tileAt(0, 4)
  tile.takeFrame()
  tile.apply(streamCommit(5))
  expect(ask(tile, 2)).toMatchObject({ mode: 'replay', frames: [{ from: 3, to: 4 }] })
  expect(ask(tile, 4)).toEqual({ mode: 'live' })
  expect(ask(tile, 5)).toEqual({ mode: 'live' })
  expect(ask(tile, 6)).toEqual({ mode: 'reload' })
  expect(ask(tile, null)).toEqual({ mode: 'reload' })
  expect(tile.catchUp({ epoch: asEpoch('other'), seq: asSeq(4) })).toEqual({ mode: 'reload' })
})

test('a client whose commits are not in memory reloads, until memory is extended', () => {
  const tile = tileAt(10, 12)
  tile.takeFrame()
  expect(ask(tile, 9)).toEqual({ mode: 'reload' })
  tile.extend([8, 9].map((seq) => streamCommit(seq)))
  expect(ask(tile, 9)).toEqual({ mode: 'reload' })
  tile.extend([9, 10].map((seq) => streamCommit(seq)))
  expect(ask(tile, 8)).toMatchObject({ mode: 'replay', frames: [{ from: 9, to: 12 }] })
})

const pixelAt = (index: number) => ({ position: asPosition(index), color: 1, previous: 0, by: 'p_a' as never })
const large = (seq: number) => streamCommit(seq, { pixels: Array.from({ length: 4_096 }, (_, index) => pixelAt(index)) })
const small = (seq: number) => streamCommit(seq, { pixels: [pixelAt(seq % 4_096)] })

test('A6 memory keeps 2,500 commits, and with older ones that were read for a client 10,000', () => {
  const tile = tileAt(0)
  const apply = (from: number, to: number) => {
    for (let seq = from; seq <= to; seq++) {
      tile.apply(small(seq))
      tile.takeFrame()
    }
  }
  apply(1, 12_000)
  expect([tile.oldest, tile.canExtend]).toEqual([9_501, true])
  expect([ask(tile, 9_500).mode, ask(tile, 9_499).mode]).toEqual(['replay', 'reload'])

  tile.extend(Array.from({ length: 7_500 }, (_, i) => small(2_001 + i)))
  expect([tile.oldest, tile.canExtend]).toEqual([2_001, false])
  expect([ask(tile, 2_000).mode, ask(tile, 1_999).mode]).toEqual(['replay', 'reload'])
  tile.extend([small(2_000)])
  expect(tile.oldest).toBe(2_001)
  apply(12_001, 12_499)
  expect(tile.oldest).toBe(2_500)
  apply(12_500, 12_500)
  expect([tile.oldest, tile.canExtend]).toEqual([10_001, true])
})

test('A6 a client that missed more than 10,000 commits reloads', () => {
  const tile = tileAt(0)
  for (let seq = 1; seq <= maxMissedCommits + 1; seq++) {
    tile.apply(small(seq))
  }
  for (let frame = tile.takeFrame(); frame; frame = tile.takeFrame());
  expect([ask(tile, 0).mode, ask(tile, 1).mode]).toEqual(['reload', 'replay'])
})

test('A6 a client that missed more than 1 MiB reloads', () => {
  const tile = tileAt(0)
  for (let seq = 1; seq <= 80; seq++) tile.apply(large(seq))
  for (let frame = tile.takeFrame(); frame; frame = tile.takeFrame());
  expect(ask(tile, 0)).toEqual({ mode: 'reload' })
  const replay = ask(tile, 60)
  expect(replay.mode === 'replay' && replay.frames.map(({ from, to }) => [from, to])).toEqual(
    Array.from({ length: 10 }, (_, i) => [61 + i * 2, 62 + i * 2]),
  )
})

test('many unsent pixels are sent in several frames', () => {
  const tile = tileAt(0)
  for (let seq = 1; seq <= 5; seq++) tile.apply(large(seq))
  const ranges = []
  for (let frame = tile.takeFrame(); frame; frame = tile.takeFrame()) ranges.push([frame.from, frame.to])
  expect(ranges).toEqual([
    [1, 2],
    [3, 4],
    [5, 5],
  ])
  expect(tile.unsentBytes).toBe(0)
})
