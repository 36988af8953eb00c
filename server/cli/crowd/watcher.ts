/**
 * One watcher: a Socket.IO client that follows every tile by the public contract alone, and keeps account of what it was shown. Its
 * board, its seqs and its judgement are its own and share nothing with the server's code but the packed codec.
 */
import { io, type Socket } from 'socket.io-client'
import { decodePixels } from '../../../lib/codec.ts'

export interface WatchedCanvas {
  readonly id: string
  readonly tileSize: number
  readonly tiles: readonly number[]
}

export interface Wrongs {
  /** Frames that would have been drawn a second time. */
  doubled: number
  /** Frames that did not continue what was shown, and were shown. */
  outOfOrder: number
}

interface TileState {
  seq: number | null
  epoch: string | null
  colors: Uint8Array | null
  kept: Frame[]
  fetching: boolean
}

interface Frame {
  readonly from: number
  readonly to: number
  readonly data: string
}

export class Watcher {
  readonly #url: string
  readonly #canvas: WatchedCanvas
  readonly #socket: Socket
  readonly #tiles = new Map<number, TileState>()
  readonly #onPixel: (tile: number, position: number, color: number) => void
  readonly violations: Wrongs = { doubled: 0, outOfOrder: 0 }
  reconnects = -1

  constructor(options: { url: string; canvas: WatchedCanvas; onPixel: (tile: number, position: number, color: number) => void }) {
    this.#url = options.url
    this.#canvas = options.canvas
    this.#onPixel = options.onPixel
    for (const tile of options.canvas.tiles) this.#tiles.set(tile, { seq: null, epoch: null, colors: null, kept: [], fetching: false })
    this.#socket = io(options.url, { transports: ['websocket'], reconnectionDelay: 100, reconnectionDelayMax: 1_000, forceNew: true })
    this.#socket.on('connect', () => {
      this.reconnects++
      void this.#join([...this.#tiles.keys()])
    })
    // A server that closed the connection itself is not asked again by the client library.
    this.#socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect') this.#socket.connect()
    })
    this.#socket.on('pixels', (_canvas: string, tile: number, from: number, to: number, data: string) =>
      this.#frame(tile, { from, to, data }),
    )
    this.#socket.on('resync', (_canvas: string, tile: number) => void this.#fetch(tile))
    this.#socket.on('heads', (_canvas: string, epoch: string, _rev: number, heads: [number, number][]) => {
      for (const [tile, seq] of heads) {
        const state = this.#tiles.get(tile)
        if (state && (state.epoch !== epoch || (state.seq ?? 0) < seq)) void this.#join([tile])
      }
    })
  }

  seqs(): Record<number, number | null> {
    return Object.fromEntries([...this.#tiles].map(([tile, { seq }]) => [tile, seq]))
  }

  board(tile: number): Uint8Array | null {
    return this.#tiles.get(tile)?.colors ?? null
  }

  close() {
    this.#socket.disconnect()
  }

  async #join(tiles: readonly number[]) {
    for (let start = 0; start < tiles.length; start += 64) {
      const part = tiles.slice(start, start + 64)
      const epoch = this.#tiles.get(part[0] ?? 0)?.epoch ?? null
      const payload = { canvas: this.#canvas.id, epoch, tiles: part.map((tile) => ({ tile, seq: this.#tiles.get(tile)?.seq ?? null })) }
      try {
        const answer = (await this.#socket.timeout(5_000).emitWithAck('join', payload)) as
          | { ok: true; tiles: { tile: number; mode: string }[] }
          | { ok: false }
        if (!answer.ok) throw new Error('join was refused')
        await Promise.all(answer.tiles.map(({ tile, mode }) => (mode === 'reload' ? this.#fetch(tile) : undefined)))
      } catch {
        if (this.#socket.connected) setTimeout(() => void this.#join(part), 500)
      }
    }
  }

  async #fetch(tile: number) {
    const state = this.#tiles.get(tile)
    if (!state || state.fetching) return
    state.fetching = true
    try {
      const response = await fetch(`${this.#url}/api/canvases/${this.#canvas.id}/tiles/${tile}/board`, {
        headers: { 'cache-control': 'no-cache' },
      })
      if (!response.ok) throw new Error(`board: ${response.status}`)
      const colors = new Uint8Array(await response.arrayBuffer())
      const seq = Number(response.headers.get('fresco-seq'))
      const epoch = response.headers.get('fresco-epoch')
      if (state.epoch === epoch && state.seq !== null && state.seq > seq) return
      Object.assign(state, { colors, seq, epoch })
      // What a whole board brings counts as shown from now.
      for (let position = 0; position < colors.length; position++) this.#onPixel(tile, position, colors[position] as number)
      const kept = state.kept
      state.kept = []
      for (const frame of kept) this.#frame(tile, frame)
    } catch {
      setTimeout(() => void this.#fetch(tile), 500)
    } finally {
      state.fetching = false
    }
  }

  #frame(tile: number, frame: Frame) {
    const state = this.#tiles.get(tile)
    if (!state) return
    if (!state.colors || state.seq === null) {
      state.kept.push(frame)
      return
    }
    if (frame.to <= state.seq) return
    if (frame.from > state.seq + 1) {
      void this.#join([tile])
      return
    }
    const before = state.seq
    const { positions, colors } = decodePixels(Buffer.from(frame.data, 'base64'), this.#canvas.tileSize ** 2)
    for (let i = 0; i < positions.length; i++) {
      const [position, color] = [positions[i] as number, colors[i] as number]
      state.colors[position] = color
      this.#onPixel(tile, position, color)
    }
    state.seq = frame.to
    if (state.seq <= before) this.violations.doubled++
    if (frame.from > before + 1) this.violations.outOfOrder++
  }
}
