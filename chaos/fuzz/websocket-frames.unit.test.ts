import { expect, test } from 'vitest'
import { frameBytes, opcodes, readableFrames, textFrame } from './websocket-frames.ts'

const hex = (bytes: string) => Buffer.from(bytes, 'latin1').toString('hex')

test('frames match the examples of RFC 6455, section 5.7', () => {
  expect(hex(frameBytes({ opcode: opcodes.text, payload: 'Hello', masked: false }))).toBe('810548656c6c6f')
  expect(hex(frameBytes({ opcode: opcodes.text, payload: 'Hel', final: false, masked: false }))).toBe('010348656c')
  expect(hex(frameBytes({ opcode: opcodes.binary, payload: 'x'.repeat(256), masked: false })).slice(0, 8)).toBe('827e0100')
  expect(hex(frameBytes({ opcode: opcodes.binary, payload: 'x'.repeat(65_536), masked: false })).slice(0, 20)).toBe('827f0000000000010000')
})

test('masked frames can be read', () => {
  expect(textFrame('40')).not.toContain('40')
  const long = 'x'.repeat(120)
  expect(readableFrames(textFrame(long) + textFrame('40'))).toBe(`[${long}][40]`)
  expect(readableFrames(textFrame('40') + textFrame('41{"a":1}'))).toBe('[40][41{"a":1}]')
})
