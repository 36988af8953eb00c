/**
 * One Socket.IO connection on a bare TCP socket: it handles handshake and pongs, and emits all other packets. All connections read into the same
 * buffer, because a buffer for each of a thousand frames costs more time than the server needs to write them.
 */
import { connect, type Socket } from 'node:net'
import { encodeRequest } from './http-wire.ts'
import { connectPacket, decodePacket, pongPacket } from './socket-io.ts'
import { encodeClientFrame, FrameReader, opcodes } from './ws-frame.ts'

const upgrade = encodeRequest({
  method: 'GET',
  path: '/socket.io/?EIO=4&transport=websocket',
  headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'ZnJlc2NvIGJlbmNobWFyaw==' },
})
const pong = encodeClientFrame(pongPacket)
const ping = Buffer.from('2')
const received = Buffer.alloc(65_536)

export interface RawSocketOptions {
  readonly port: number
  /** The raw text of an event or an answer: it begins with `42` or `43`. The buffer is a view. */
  readonly onMessage: (payload: Buffer) => void
}

export class RawSocket {
  readonly #socket: Socket
  readonly #options: RawSocketOptions
  readonly connected: Promise<void>
  bytesReceived = 0
  framesReceived = 0
  #upgraded = false
  #resolve: () => void = () => undefined
  #reject: (error: Error) => void = () => undefined

  constructor(options: RawSocketOptions) {
    this.#options = options
    this.connected = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.connected.catch(() => undefined)
    const reader = new FrameReader((opcode, payload) => this.#frame(opcode, payload))
    const callback = (length: number) => {
      this.bytesReceived += length
      const chunk = received.subarray(0, length)
      const frames = this.#upgraded ? chunk : this.#afterUpgrade(chunk)
      if (frames.length > 0) reader.push(frames)
      return true
    }
    this.#socket = connect({ port: options.port, host: '127.0.0.1', onread: { buffer: received, callback } })
    this.#socket.setNoDelay(true)
    this.#socket.on('connect', () => this.#socket.write(upgrade))
    this.#socket.on('error', (error) => this.#reject(error))
    this.#socket.on('close', () => {
      this.#reject(new Error('the connection was closed'))
    })
  }

  get isClosed() {
    return this.#socket.destroyed
  }

  send(packet: string) {
    this.#socket.write(encodeClientFrame(packet))
  }

  /** Without a close frame, as if a cable were pulled. */
  cut() {
    this.#socket.destroy()
  }

  #afterUpgrade(chunk: Buffer): Buffer {
    const end = chunk.indexOf('\r\n\r\n')
    if (end === -1 || !chunk.toString('latin1', 0, 12).startsWith('HTTP/1.1 101')) {
      this.#socket.destroy(new Error(`no upgrade: ${chunk.toString('latin1', 0, 200)}`))
      return Buffer.alloc(0)
    }
    this.#upgraded = true
    return chunk.subarray(end + 4)
  }

  #frame(opcode: number, payload: Buffer) {
    this.framesReceived++
    if (opcode === opcodes.close) return this.#socket.destroy()
    if (opcode !== opcodes.text) return
    if (payload.length === 1 && payload.equals(ping)) return void this.#socket.write(pong)
    if (payload[0] === 52 && (payload[1] === 50 || payload[1] === 51)) return this.#options.onMessage(payload)
    const packet = decodePacket(payload.toString())
    if (packet.kind === 'open') this.send(connectPacket)
    else if (packet.kind === 'connected') this.#resolve()
    else if (packet.kind === 'refused') this.#reject(new Error(`the server refused the socket: ${packet.text}`))
  }
}
