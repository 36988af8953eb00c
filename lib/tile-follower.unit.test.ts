import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FollowAction, maxKeptFrames, TileFollower } from './tile-follower.ts'
import { type LoggedPixel, TileLog } from './tile-log-model.fixture.ts'

const pixel = fc.tuple(fc.nat(9), fc.nat(255))
const logs = fc
  .array(fc.array<LoggedPixel>(pixel, { maxLength: 4 }), { minLength: 1, maxLength: 20, size: 'max' })
  .map((commits) => new TileLog(commits))

/** Frames of any range in any order, perhaps repeated, and boards of any age. */
const events = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('frame' as const), a: fc.nat(99), b: fc.nat(99) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('next' as const), length: fc.integer({ min: 1, max: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('board' as const), at: fc.nat(99) }) },
  ),
  { maxLength: 40, size: 'max' },
)

const follow = (
  follower: TileFollower,
  log: TileLog,
  event: { kind: string; a?: number; b?: number; length?: number; at?: number },
): FollowAction => {
  const { kind, a = 0, b = 0, length = 1, at = 0 } = event
  if (kind === 'board') return follower.board(log.board(at % (log.head + 1)))
  const known = follower.seq() ?? 0
  const [from, to] =
    kind === 'next'
      ? [Math.min(known + 1, log.head), Math.min(known + length, log.head)]
      : [Math.min(a % log.head, b % log.head) + 1, Math.max(a % log.head, b % log.head) + 1]
  return follower.frame(log.frame(from, to))
}

describe('a follower', () => {
  test('A3 A4 has the fold of the log at its seq and never goes back, whatever arrives in whatever order', () => {
    let drawn = 0
    let gaps = 0
    fc.assert(
      fc.property(logs, events, (log, arriving) => {
        const follower = new TileFollower()
        for (const event of arriving) {
          const before = follower.seq()
          const screen = follower.colors()?.slice()
          const action = follow(follower, log, event)
          const seq = follower.seq()
          if (seq === null) {
            expect(before).toBeNull()
            continue
          }
          expect(seq).toBeGreaterThanOrEqual(before ?? 0)
          expect(follower.colors()).toEqual(log.board(seq).colors)
          if (action.do === 'join') gaps++
          if (event.kind === 'board' || !screen) continue
          // The frames in the action are exactly the change.
          for (const frame of action.do === 'nothing' ? [] : action.frames) {
            drawn++
            for (const [i, position] of frame.positions.entries()) screen[position] = frame.colors[i] ?? 0
          }
          expect(follower.colors()).toEqual(screen)
        }
      }),
      { numRuns: 300 },
    )
    expect(drawn, 'frames drawn').toBeGreaterThan(20)
    expect(gaps, 'gaps').toBeGreaterThan(20)
  })

  test('A2 A3 has the exact board after it joins again, whatever was lost before', () => {
    fc.assert(
      fc.property(logs, events, fc.integer({ min: 1, max: 5 }), (log, arriving, piece) => {
        const follower = new TileFollower()
        for (const event of arriving) follow(follower, log, event)
        if (follower.seq() === null) follower.board(log.board(log.head))
        for (let from = (follower.seq() ?? 0) + 1; from <= log.head; from += piece) {
          expect(follower.frame(log.frame(from, Math.min(log.head, from + piece - 1))).do).toBe('draw')
        }
        expect(follower.seq()).toBe(log.head)
        expect(follower.colors()).toEqual(log.board(log.head).colors)
      }),
    )
  })

  test('A3 keeps frames until the board arrives, and then applies the missing ones', () => {
    const log = new TileLog([[[0, 1]], [[1, 2]], [[2, 3]], [[0, 4]]])
    const follower = new TileFollower()
    for (const [from, to] of [
      [1, 2],
      [3, 3],
      [4, 4],
    ] as const)
      expect(follower.frame(log.frame(from, to))).toEqual({ do: 'nothing' })
    expect(follower.board(log.board(2))).toEqual({ do: 'draw', frames: [log.frame(3, 3), log.frame(4, 4)] })
    expect(follower.seq()).toBe(4)
    expect(follower.colors()).toEqual(log.board(4).colors)
  })

  test('A3 joins again if the board is too old for the kept frames', () => {
    const log = new TileLog([[[0, 1]], [[1, 2]], [[2, 3]], [[0, 4]]])
    const follower = new TileFollower()
    follower.frame(log.frame(2, 2))
    follower.frame(log.frame(4, 4))
    expect(follower.board(log.board(1))).toEqual({ do: 'join', frames: [log.frame(2, 2)] })
    expect(follower.seq()).toBe(2)
  })

  test('A3 ignores a board that is not newer', () => {
    const log = new TileLog([[[0, 1]], [[0, 2]]])
    const follower = new TileFollower()
    const shown = log.board(2)
    follower.board(shown)
    expect(follower.board(log.board(1))).toEqual({ do: 'nothing' })
    expect(follower.board(log.board(2))).toEqual({ do: 'nothing' })
    expect(follower.colors()).toBe(shown.colors)
    expect(follower.colors()?.[0]).toBe(2)
  })

  test('accepts the board of another epoch, even with a lower seq', () => {
    const follower = new TileFollower()
    follower.board(new TileLog([[[0, 1]], [[0, 2]]]).board(2))
    const restored = new TileLog([[[0, 7]]], 'epoch002')
    expect(follower.board(restored.board(1))).toEqual({ do: 'nothing' })
    expect([follower.epoch(), follower.seq(), follower.colors()?.[0]]).toEqual(['epoch002', 1, 7])
  })

  test('A6 keeps a bounded number of frames without a board', () => {
    const log = new TileLog([[[0, 1]]])
    const follower = new TileFollower()
    for (let i = 0; i < maxKeptFrames; i++) expect(follower.frame(log.frame(1, 1)).do).toBe('nothing')
    expect(follower.frame(log.frame(1, 1))).toEqual({ do: 'join', frames: [] })
    expect(follower.board(log.board(0))).toEqual({ do: 'nothing' })
    expect(follower.seq()).toBe(0)
  })

  test('drops the board and the kept frames when it is reset', () => {
    const log = new TileLog([[[0, 1]], [[0, 2]]])
    const follower = new TileFollower()
    follower.frame(log.frame(1, 1))
    follower.reset()
    expect(follower.board(log.board(0))).toEqual({ do: 'nothing' })
    follower.reset()
    expect([follower.seq(), follower.epoch(), follower.colors()]).toEqual([null, null, null])
  })

  test('applies a commit without pixels', () => {
    const log = new TileLog([[]])
    const follower = new TileFollower()
    follower.board(log.board(0))
    expect(follower.frame(log.frame(1, 1)).do).toBe('draw')
    expect(follower.seq()).toBe(1)
  })
})
