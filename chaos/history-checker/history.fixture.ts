/** A small clean history, and the parts that histories are made of. */
import { encodePixels } from '../../lib/codec.ts'
import { type Entry, packBytes } from './history.ts'

const palette = ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF']
export const canvas: Entry = {
  k: 'canvas',
  epoch: 'epoch001',
  width: 8,
  height: 8,
  tileSize: 8,
  palette,
  background: 0,
  cooldownMs: 3_600_000,
  charges: 4,
}

export const board = (...set: [position: number, color: number][]) => {
  const bytes = new Uint8Array(64)
  for (const [position, color] of set) bytes[position] = color
  return packBytes(bytes)
}
export const data = (...set: [position: number, color: number][]) =>
  Buffer.from(
    encodePixels({ positions: Uint32Array.from(set, ([position]) => position), colors: Uint8Array.from(set, ([, color]) => color) }),
  ).toString('base64')

/** The board at seq 3. */
export const finalBoard = board([0, 3], [1, 1], [2, 2])
export const logged = (
  seq: number,
  pixels: Extract<Entry, { k: 'logged' }>['pixels'],
  more: Partial<Extract<Entry, { k: 'logged' }>> = {},
): Entry => ({
  k: 'logged',
  tile: 0,
  epoch: 'epoch001',
  seq,
  atMs: seq * 10,
  cause: 'paint',
  pixels,
  ...more,
})

/** Two painters, three commits, one refusal, one batch without an answer; client 0 reads packed frames, client 1 JSON. */
export const clean = () => ({
  canvas,
  attempt1: { k: 'attempt', op: 1, at: 1, by: 'p_a', pixels: [[0, 0, 1]] } as Entry,
  answer1: { k: 'acknowledged', op: 1, at: 2, ids: ['a-0.0'] } as Entry,
  attempt2: {
    k: 'attempt',
    op: 2,
    at: 3,
    by: 'p_b',
    pixels: [
      [1, 0, 1],
      [2, 0, 2],
    ],
  } as Entry,
  answer2: { k: 'unknown', op: 2 } as Entry,
  attempt3: { k: 'attempt', op: 3, at: 5, by: 'p_a', pixels: [[5, 5, 3]] } as Entry,
  answer3: { k: 'refused', op: 3, code: 'unavailable' } as Entry,
  attempt4: { k: 'attempt', op: 4, at: 7, by: 'p_a', pixels: [[0, 0, 3]] } as Entry,
  answer4: { k: 'acknowledged', op: 4, at: 8, ids: ['c-0.0'] } as Entry,
  board0: { k: 'board', w: 0, tile: 0, epoch: 'epoch001', seq: 1, bytes: board([0, 1]) } as Entry,
  frame0: { k: 'frame', w: 0, tile: 0, from: 1, to: 3, data: data([0, 3], [1, 1], [2, 2]), did: 'applied', before: 1 } as Entry,
  late0: { k: 'frame', w: 0, tile: 0, from: 2, to: 2, data: data([1, 1], [2, 2]), did: 'dropped', before: 3 } as Entry,
  shown0: { k: 'shown', w: 0, tile: 0, seq: 3, bytes: finalBoard, last: true } as Entry,
  board1: { k: 'board', w: 1, tile: 0, epoch: 'epoch001', seq: 0, bytes: board() } as Entry,
  commit1: { k: 'commit', w: 1, tile: 0, seq: 1, whole: true, pixels: [[0, 0, '#FF0000', 'a-0.0']], did: 'applied', before: 0 } as Entry,
  part1: { k: 'commit', w: 1, tile: 0, seq: 2, whole: false, pixels: [[1, 0, '#FF0000', 'b-0.0']], did: 'dropped', before: 1 } as Entry,
  commit2: {
    k: 'commit',
    w: 1,
    tile: 0,
    seq: 2,
    whole: true,
    pixels: [
      [1, 0, '#FF0000', 'b-0.0'],
      [2, 0, '#00FF00', 'b-0.1'],
    ],
    did: 'applied',
    before: 1,
  } as Entry,
  commit3: { k: 'commit', w: 1, tile: 0, seq: 3, whole: true, pixels: [[0, 0, '#0000FF', 'c-0.0']], did: 'applied', before: 2 } as Entry,
  shown1: { k: 'shown', w: 1, tile: 0, seq: 3, bytes: finalBoard, last: true } as Entry,
  log1: logged(1, [[0, 0, 1, 'p_a', 'a-0.0']]),
  log2: logged(2, [
    [1, 0, 1, 'p_b', 'b-0.0'],
    [2, 0, 2, 'p_b', 'b-0.1'],
  ]),
  log3: logged(3, [[0, 0, 3, 'p_a', 'c-0.0']]),
  final: { k: 'final', source: 'web 1', tile: 0, epoch: 'epoch001', seq: 3, bytes: finalBoard } as Entry,
  database: { k: 'database', tile: 0, bytes: finalBoard } as Entry,
})
