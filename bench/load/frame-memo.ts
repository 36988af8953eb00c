/**
 * A thousand watchers receive the same bytes, so they are decoded once. The bytes of each watcher are compared with the last few messages,
 * so that a watcher with other bytes is noticed.
 */
import { decodePixels, type PackedPixels } from '../../lib/codec.ts'
import { decodePacket, type Packet } from './socket-io.ts'

export type Message = { kind: 'pixels'; tile: number; from: number; to: number; pixels: PackedPixels } | { kind: 'packet'; packet: Packet }

const remembered = 32

export class FrameMemo {
  readonly #cells: number
  readonly #known: { bytes: Buffer; message: Message }[] = []
  #next = 0

  constructor(cells: number) {
    this.#cells = cells
  }

  decode(payload: Buffer): Message {
    // The newest first, because most watchers receive it now.
    for (let age = 1; age <= this.#known.length; age++) {
      const known = this.#known[(this.#next + this.#known.length - age) % this.#known.length]
      if (known && known.bytes.length === payload.length && known.bytes.equals(payload)) return known.message
    }
    const message = this.#read(payload)
    if (message.kind === 'pixels') {
      this.#known[this.#next] = { bytes: Buffer.from(payload), message }
      this.#next = (this.#next + 1) % remembered
    }
    return message
  }

  #read(payload: Buffer): Message {
    const packet = decodePacket(payload.toString())
    if (packet.kind !== 'event' || packet.name !== 'pixels') return { kind: 'packet', packet }
    const [, tile, from, to, data] = packet.args as [string, number, number, number, string]
    return { kind: 'pixels', tile, from, to, pixels: decodePixels(Buffer.from(data, 'base64'), this.#cells) }
  }
}
