/**
 * A watcher of tile 0 on a raw socket, by the public contract (docs/PROTOCOL.md) and the rule of `lib/client-rule.ts`. It draws decoded pixels
 * only when its board is read, because drawing a thousand boards would take too much CPU of the load.
 */
import { brotliDecompressSync } from 'node:zlib'
import { asSeq } from '../../lib/brand.ts'
import { classify } from '../../lib/client-rule.ts'
import type { PackedPixels } from '../../lib/codec.ts'
import type { FrameMemo } from './frame-memo.ts'
import { HttpConnection } from './http-connection.ts'
import { encodeRequest } from './http-wire.ts'
import { RawSocket } from './raw-socket.ts'
import { encodeEvent } from './socket-io.ts'

export interface KnownBoard {
  readonly epoch: string
  readonly seq: number
  readonly colors: Uint8Array
}

/** A whole board as a browser requests it. */
export const boardRequest = encodeRequest({
  method: 'GET',
  path: '/api/canvases/main/tiles/0/board',
  headers: { 'Accept-Encoding': 'br', 'Cache-Control': 'no-cache' },
})

export type JoinMode = 'live' | 'replay' | 'reload'

export interface WatcherOptions {
  readonly port: number
  readonly memo: FrameMemo
  /** Null: it follows the seqs without bytes. */
  readonly board: Uint8Array | null
  readonly epoch: string
  readonly seq: number
  readonly onPixels: (pixels: PackedPixels) => void
}

const joinId = 1

export class Watcher {
  readonly #options: WatcherOptions
  readonly #board: Uint8Array | null
  #unpainted: PackedPixels[] = []
  #socket: RawSocket | null = null
  #bytesBefore = 0
  #framesBefore = 0
  #onJoined: (answer: { ok: boolean; tiles?: { mode: JoinMode; head: number }[] }) => void = () => undefined
  seq: number
  /** Frames that did not continue the watcher's seq. */
  gaps = 0
  /** Frames with commits that it already had. */
  overlaps = 0

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#board = options.board
    this.seq = options.seq
  }

  /** Null without bytes. */
  get board(): Uint8Array | null {
    for (const { positions, colors } of this.#unpainted) {
      for (let i = 0; i < positions.length; i++) (this.#board as Uint8Array)[positions[i] as number] = colors[i] as number
    }
    this.#unpainted = []
    return this.#board
  }

  get bytesReceived() {
    return this.#bytesBefore + (this.#socket?.bytesReceived ?? 0)
  }

  get framesReceived() {
    return this.#framesBefore + (this.#socket?.framesReceived ?? 0)
  }

  /** Connects and joins with the seq that it has. */
  async connect(): Promise<{ mode: JoinMode; head: number }> {
    const { port, epoch } = this.#options
    const socket = new RawSocket({ port, onMessage: (payload) => this.#message(payload) })
    this.#socket = socket
    await socket.connected
    const joined = new Promise<{ ok: boolean; tiles?: { mode: JoinMode; head: number }[] }>((resolve) => {
      this.#onJoined = resolve
    })
    socket.send(encodeEvent('join', [{ canvas: 'main', epoch, tiles: [{ tile: 0, seq: this.seq }] }], joinId))
    const answer = await joined
    const tile = answer.tiles?.[0]
    if (!answer.ok || !tile) throw new Error(`the join was refused: ${JSON.stringify(answer)}`)
    if (tile.mode === 'reload') await this.#reload()
    return tile
  }

  get isConnected() {
    return this.#socket !== null && !this.#socket.isClosed
  }

  cut() {
    this.#bytesBefore = this.bytesReceived
    this.#framesBefore = this.framesReceived
    this.#socket?.cut()
    this.#socket = null
  }

  /** Frames that arrive meanwhile count as gaps: the benchmarks stay within the replay. */
  async #reload() {
    const connection = new HttpConnection(this.#options.port)
    const { head, body } = await connection.request(boardRequest)
    connection.close()
    this.#bytesBefore += connection.bytesReceived
    this.board?.set(brotliDecompressSync(body))
    this.seq = Number(/\r\nfresco-seq: (\d+)/i.exec(head)?.[1])
  }

  #message(payload: Buffer) {
    const message = this.#options.memo.decode(payload)
    if (message.kind === 'packet') {
      if (message.packet.kind === 'answer') this.#onJoined(message.packet.args[0] as never)
      return
    }
    const { from, to, pixels } = message
    const verdict = classify(asSeq(this.seq), { from, to })
    if (verdict === 'gap') this.gaps++
    if (from <= this.seq) this.overlaps++
    if (verdict !== 'apply') return
    if (this.#board) this.#unpainted.push(pixels)
    this.seq = to
    this.#options.onPixels(pixels)
  }
}
