import { expect, test } from 'vitest'
import { AnswerReader, encodeRequest, type HttpAnswer } from './http-wire.ts'
import { decodePacket, encodeEvent } from './socket-io.ts'
import { encodeClientFrame, encodeServerFrame, FrameReader } from './ws-frame.ts'

const framesOf = (chunks: readonly Buffer[]) => {
  const frames: [number, string][] = []
  const reader = new FrameReader((opcode, payload) => frames.push([opcode, payload.toString()]))
  for (const chunk of chunks) reader.push(chunk)
  return frames
}

const ofLength = (length: number) => 'x'.repeat(length)

test.each([0, 1, 125, 126, 127, 65_535])('a server frame of %d bytes is read back, whole or byte by byte', (length) => {
  const frame = encodeServerFrame(ofLength(length))
  const expected = [[1, ofLength(length)]]
  expect(framesOf([frame])).toEqual(expected)
  if (length < 200) expect(framesOf([...frame].map((byte) => Buffer.from([byte])))).toEqual(expected)
})

test('two and a half frames in one chunk are two frames, and the third when its rest arrives', () => {
  const all = Buffer.concat(['one', 'two', 'three'].map(encodeServerFrame))
  const cut = all.length - 2
  expect(framesOf([all.subarray(0, cut)]).map(([, text]) => text)).toEqual(['one', 'two'])
  expect(framesOf([all.subarray(0, cut), all.subarray(cut)]).map(([, text]) => text)).toEqual(['one', 'two', 'three'])
})

test('a frame of 64 KiB or more has its length in eight bytes', () => {
  const payload = Buffer.alloc(70_000, 'y')
  const header = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70])
  expect(framesOf([header, payload])).toEqual([[1, payload.toString()]])
})

test('a frame that the server never sends is an error: a masked frame, a fragment', () => {
  expect(() => framesOf([Buffer.from([0x81, 0x80])])).toThrow('not a whole')
  expect(() => framesOf([Buffer.from([0x01, 0x01])])).toThrow('not a whole')
})

test.each([
  [5, [0x81, 0x85]],
  [126, [0x81, 0xfe, 0, 126]],
  [65_536, [0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0]],
])('a client frame of %d bytes says its length, and that it is masked', (length, header) => {
  const frame = encodeClientFrame(ofLength(length))
  expect([...frame.subarray(0, header.length)]).toEqual(header)
  expect(frame.length).toBe(header.length + 4 + length)
  expect(frame.subarray(header.length + 4).toString()).toBe(ofLength(length))
})

test('Socket.IO packets are encoded and decoded', () => {
  expect(encodeEvent('join', [{ canvas: 'main' }], 7)).toBe('427["join",{"canvas":"main"}]')
  expect(encodeEvent('seen', [1])).toBe('42["seen",1]')
  expect(decodePacket('0{"sid":"a"}')).toEqual({ kind: 'open' })
  expect(decodePacket('2')).toEqual({ kind: 'ping' })
  expect(decodePacket('40{"sid":"a"}')).toEqual({ kind: 'connected' })
  expect(decodePacket('44{"message":"no"}')).toEqual({ kind: 'refused', text: '{"message":"no"}' })
  expect(decodePacket('42["pixels","main",0,1,2,"AA=="]')).toEqual({ kind: 'event', name: 'pixels', args: ['main', 0, 1, 2, 'AA=='] })
  expect(decodePacket('4312[{"ok":true}]')).toEqual({ kind: 'answer', id: 12, args: [{ ok: true }] })
  expect(decodePacket('6')).toEqual({ kind: 'other' })
})

const answersOf = (chunks: readonly string[]) => {
  const answers: HttpAnswer[] = []
  const reader = new AnswerReader((answer) => answers.push(answer))
  for (const chunk of chunks) reader.push(Buffer.from(chunk))
  return answers.map(({ status, body }) => [status, body.toString()])
}

test('a request has its length in bytes', () => {
  const request = encodeRequest({ method: 'POST', path: '/api/pixels', headers: { Authorization: 'Bearer t' }, body: '{"ä":1}' })
  expect(request).toBe(
    'POST /api/pixels HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"ä":1}',
  )
})

test('answers are found in chunks of any size', () => {
  const one = 'HTTP/1.1 201 Created\r\ncontent-length: 3\r\n\r\nabc'
  const two = 'HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n'
  const three = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
  const expected = [
    [201, 'abc'],
    [304, ''],
    [200, ''],
  ]
  expect(answersOf([one + two + three])).toEqual(expected)
  expect(answersOf([...(one + two + three)])).toEqual(expected)
  expect(answersOf([one.slice(0, -1)])).toEqual([])
})

test('an answer without a length is an error, not a guess', () => {
  expect(() => answersOf(['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'])).toThrow('without a length')
})
