/**
 * WebSocket frames (RFC 6455, section 5) for a load that must cost nearly nothing. With a client library, the figures would be of the library. Fresco sends only text frames without extensions and fragments.
 */
export const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const

/**
 * A frame from client to server. Clients must mask; a key of zero leaves the payload unchanged. A random key protects proxies only.
 */
export const encodeClientFrame = (payload: string | Uint8Array, opcode: number = opcodes.text): Buffer => {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  const header = Buffer.alloc(bytes.length < 126 ? 6 : bytes.length < 65_536 ? 8 : 14)
  header[0] = 0x80 | opcode
  if (bytes.length < 126) header[1] = 0x80 | bytes.length
  else if (bytes.length < 65_536) {
    header[1] = 0x80 | 126
    header.writeUInt16BE(bytes.length, 2)
  } else {
    header[1] = 0x80 | 127
    header.writeBigUInt64BE(BigInt(bytes.length), 2)
  }
  return Buffer.concat([header, bytes])
}

/** A frame from server to client, ready to be written to any number of sockets. */
export const encodeServerFrame = (payload: string): Buffer => {
  const bytes = Buffer.from(payload)
  const short = bytes.length < 126
  const header = Buffer.alloc(short ? 2 : 4)
  header[0] = 0x80 | opcodes.text
  header[1] = short ? bytes.length : 126
  if (!short) header.writeUInt16BE(bytes.length, 2)
  return Buffer.concat([header, bytes])
}

/** Splits received bytes into frames. `onFrame` gets a view; a caller that keeps the payload must copy it. */
export class FrameReader {
  readonly #onFrame: (opcode: number, payload: Buffer) => void
  #rest: Buffer | null = null

  constructor(onFrame: (opcode: number, payload: Buffer) => void) {
    this.#onFrame = onFrame
  }

  /** @throws on what Fresco never sends: fragments, reserved bits, masks. */
  push(chunk: Buffer) {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    let offset = 0
    for (;;) {
      const frame = readFrame(bytes, offset)
      if (!frame) break
      this.#onFrame(frame.opcode, bytes.subarray(frame.start, frame.end))
      offset = frame.end
    }
    this.#rest = offset === bytes.length ? null : Buffer.from(bytes.subarray(offset))
  }
}

/** The payload of the frame at `offset`; null if it is incomplete. */
const readFrame = (bytes: Buffer, offset: number) => {
  const [first, second] = [bytes[offset], bytes[offset + 1]]
  if (first === undefined || second === undefined) return null
  if ((first & 0xf0) !== 0x80 || second >= 0x80)
    throw new Error(`not a whole, unmasked frame: ${first.toString(16)} ${second.toString(16)}`)
  let start = offset + 2
  let length = second
  if (second === 126) {
    if (bytes.length < offset + 4) return null
    length = bytes.readUInt16BE(offset + 2)
    start = offset + 4
  } else if (second === 127) {
    if (bytes.length < offset + 10) return null
    length = Number(bytes.readBigUInt64BE(offset + 2))
    start = offset + 10
  }
  const end = start + length
  return end > bytes.length ? null : { opcode: first & 0x0f, start, end }
}
