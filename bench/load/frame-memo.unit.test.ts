import { expect, test } from 'vitest'
import { encodePixels } from '../../lib/codec.ts'
import { FrameMemo } from './frame-memo.ts'
import { encodeEvent } from './socket-io.ts'

const frame = (seq: number, position: number) => {
  const data = Buffer.from(encodePixels({ positions: Uint32Array.of(position), colors: Uint8Array.of(1) })).toString('base64')
  return Buffer.from(encodeEvent('pixels', ['main', 0, seq, seq, data]))
}

test('the same bytes are decoded once, other bytes again', () => {
  const memo = new FrameMemo(4_096)
  const first = memo.decode(frame(1, 5))
  expect(first).toMatchObject({ kind: 'pixels', tile: 0, from: 1, to: 1 })
  expect(memo.decode(frame(1, 5))).toBe(first)
  const other = memo.decode(frame(1, 6))
  expect(other).not.toBe(first)
  expect(other.kind === 'pixels' && [...other.pixels.positions]).toEqual([6])
})

test('the memo is bounded, and dropped frames are decoded again', () => {
  const memo = new FrameMemo(4_096)
  const first = memo.decode(frame(1, 5))
  for (let seq = 2; seq <= 32; seq++) memo.decode(frame(seq, 5))
  expect(memo.decode(frame(1, 5))).toBe(first)
  memo.decode(frame(33, 5))
  expect(memo.decode(frame(1, 5))).not.toBe(first)
  expect(memo.decode(frame(33, 5))).toBe(memo.decode(frame(33, 5)))
})

test('a message that is not a frame is a packet', () => {
  expect(new FrameMemo(16).decode(Buffer.from('431[{"ok":true}]'))).toEqual({
    kind: 'packet',
    packet: { kind: 'answer', id: 1, args: [{ ok: true }] },
  })
})
