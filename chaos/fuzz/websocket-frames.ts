/** WebSocket frames as bytes (RFC 6455, section 5.2), also those that a client must not send. */
import type { Random } from '../random.ts'
import { latin1 } from './attack.ts'
import { between, oneOf, randomBytes } from './choices.ts'

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface Frame {
  readonly opcode: number
  /** Latin1. */
  readonly payload: string
  readonly final?: boolean
  readonly masked?: boolean
  /** The three reserved bits. */
  readonly reserved?: number
  /** The length in the header, if it differs from the true one. */
  readonly claimedLength?: number
}

/** The key is arbitrary. A fixed one can be found again in the bytes. */
const maskKey = [0x50, 0x51, 0x52, 0x53] as const

export const frameBytes = ({ opcode, payload, final = true, masked = true, reserved = 0, claimedLength }: Frame): string => {
  const length = claimedLength ?? payload.length
  const first = (final ? 0x80 : 0) | (reserved << 4) | opcode
  const mask = masked ? 0x80 : 0
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  header[0] = first
  header[1] = mask | (length < 126 ? length : length < 65_536 ? 126 : 127)
  if (header.length === 4) header.writeUInt16BE(length, 2)
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2)
  const body = Buffer.from(payload, 'latin1')
  if (masked) for (let index = 0; index < body.length; index++) body[index] = (body[index] ?? 0) ^ (maskKey[index & 3] ?? 0)
  return header.toString('latin1') + (masked ? String.fromCharCode(...maskKey) : '') + body.toString('latin1')
}

export const textFrame = (text: string) => frameBytes({ opcode: opcodes.text, payload: latin1(text) })

/** How many messages of several frames begin in these bytes. Their content cannot be read in one piece. */
export const fragmentedMessages = (bytes: string): number =>
  bytes
    .split(String.fromCharCode(...maskKey))
    .slice(0, -1)
    .filter((before) => before.at(-2) === '\u0001').length

const unmask = (payload: string) =>
  [...payload].map((char, index) => String.fromCharCode(char.charCodeAt(0) ^ (maskKey[index & 3] ?? 0))).join('')

/** The bytes in readable form: payloads of short masked frames are unmasked, the rest is unchanged. */
export const readableFrames = (bytes: string): string => {
  const shown: string[] = []
  const key = String.fromCharCode(...maskKey)
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.charCodeAt(at + 1) & 0x7f
    if (bytes[at] === '\u0081' && length < 126 && bytes.startsWith(key, at + 2)) {
      shown.push(`[${unmask(bytes.slice(at + 6, at + 6 + length))}]`)
      at += 6 + length
    } else shown.push(bytes[at++] ?? '')
  }
  return shown.join('')
}

/** A frame that is not a plain text frame: control frames, fragments, and frames that the protocol forbids. */
export const strangeFrame = (random: Random, text: string): string => {
  const payload = latin1(text)
  switch (random.below(14)) {
    case 0:
      return frameBytes({ opcode: opcodes.ping, payload: payload.slice(0, 125) })
    case 1:
      return frameBytes({ opcode: opcodes.pong, payload: payload.slice(0, 125) })
    case 2:
      return frameBytes({
        opcode: opcodes.close,
        payload: oneOf(random, ['', '\u0003', '\u0003\u00e8', '\u0003\u00ed', '\u0003\u00e8\u00ff\u00ff']),
      })
    case 3:
      return frameBytes({ opcode: opcodes.continuation, payload })
    case 4:
      return frameBytes({ opcode: opcodes.text, payload, masked: false })
    case 5:
      return frameBytes({ opcode: opcodes.binary, payload })
    case 6:
      return frameBytes({ opcode: opcodes.text, payload, reserved: between(random, 1, 7) })
    case 7:
      return frameBytes({ opcode: opcodes.text, payload: '4'.repeat(70_000) })
    case 8:
      return frameBytes({ opcode: opcodes.text, payload, claimedLength: oneOf(random, [2 ** 20, 2 ** 32, 2 ** 53]) })
    case 9:
      return frameBytes({ opcode: opcodes.text, payload: `4${randomBytes(random, 20)}` })
    case 10:
      return (
        frameBytes({ opcode: opcodes.text, payload: payload.slice(0, 1), final: false }) +
        frameBytes({ opcode: opcodes.ping, payload: 'x' }) +
        frameBytes({ opcode: opcodes.continuation, payload: payload.slice(1) })
      )
    case 11:
      return frameBytes({ opcode: opcodes.text, payload: payload.slice(0, 2), final: false })
    case 12:
      return frameBytes({ opcode: opcodes.ping, payload: 'x'.repeat(between(random, 126, 300)) })
    default:
      return frameBytes({ opcode: between(random, 3, 15), payload })
  }
}
