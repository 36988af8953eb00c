/**
 * One watcher: a Socket.IO client that follows every tile by the public contract (docs/PROTOCOL.md) and the page's own rule
 * (`lib/tile-follower.ts`). It counts frames that are drawn twice or out of order.
 */
import { io, type Socket } from 'socket.io-client'
import { asEpoch, asSeq, type Seq } from '../../../lib/brand.ts'
import { decodePixels } from '../../../lib/codec.ts'
import { type FollowAction, TileFollower } from '../../../lib/tile-follower.ts'
import { crowdHeaders, fetchBoard } from './fetch.ts'

export interface WatchedCanvas {
  readonly id: string
  readonly tileSize: number
  readonly tiles: readonly number[]
}

export interface Violations {
  /** Frames that were drawn a second time. */
  doubled: number
  /** Frames that were drawn although an earlier one was missing. */
  outOfOrder: number
}

interface TileState {
  readonly follower: TileFollower
  fetching: boolean
}

export interface WatcherOptions {
  readonly url: string
  readonly canvas: WatchedCanvas
  readonly onPixel: (tile: number, position: number, color: number) => void
}

export class Watcher {
  readonly #options: WatcherOptions
  readonly #socket: Socket
  readonly #tiles = new Map<number, TileState>()
  readonly violations: Violations = { doubled: 0, outOfOrder: 0 }
  reconnects = -1

  constructor(options: WatcherOptions) {
    this.#options = options
    for (const tile of options.canvas.tiles) this.#tiles.set(tile, { follower: new TileFollower(), fetching: false })
    this.#socket = io(options.url, {
      transports: ['websocket'],
      extraHeaders: crowdHeaders,
      reconnectionDelay: 100,
      reconnectionDelayMax: 1_000,
      forceNew: true,
    })
    this.#socket.on('connect', () => {
      this.reconnects++
      void this.#join([...this.#tiles.keys()])
    })
    // Socket.IO's client does not reconnect automatically after the server has disconnected it.
    this.#socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect') this.#socket.connect()
    })
    this.#socket.on('pixels', (_canvas: string, tile: number, from: number, to: number, data: string) =>
      this.#frame(tile, { from, to, data }),
    )
    this.#socket.on('resync', (_canvas: string, tile: number) => {
      this.#tiles.get(tile)?.follower.reset()
      void this.#fetch(tile)
    })
    this.#socket.on('heads', (_canvas: string, epoch: string, _rev: number, heads: [number, number][]) => {
      for (const [tile, seq] of heads) {
        const follower = this.#tiles.get(tile)?.follower
        if (follower && (follower.epoch() !== epoch || (follower.seq() ?? 0) < seq)) void this.#join([tile])
      }
    })
  }

  seqs(): Record<number, number | null> {
    return Object.fromEntries([...this.#tiles].map(([tile, { follower }]) => [tile, follower.seq()]))
  }

  board(tile: number): Uint8Array | null {
    return this.#tiles.get(tile)?.follower.colors() ?? null
  }

  close() {
    this.#socket.disconnect()
  }

  async #join(tiles: readonly number[]) {
    for (let start = 0; start < tiles.length; start += 64) {
      const part = tiles.slice(start, start + 64)
      const epoch = this.#tiles.get(part[0] ?? 0)?.follower.epoch() ?? null
      const wanted = part.map((tile) => ({ tile, seq: this.#tiles.get(tile)?.follower.seq() ?? null }))
      const payload = { canvas: this.#options.canvas.id, epoch, tiles: wanted }
      try {
        const answer = (await this.#socket.timeout(5_000).emitWithAck('join', payload)) as
          | { ok: true; tiles: { tile: number; mode: string }[] }
          | { ok: false }
        if (!answer.ok) throw new Error('The join was refused.')
        await Promise.all(answer.tiles.map(({ tile, mode }) => (mode === 'reload' ? this.#fetch(tile) : undefined)))
      } catch {
        if (this.#socket.connected) setTimeout(() => void this.#join(part), 500)
      }
    }
  }

  async #fetch(tile: number) {
    const state = this.#tiles.get(tile)
    if (!state || state.fetching) return
    const { follower } = state
    state.fetching = true
    try {
      const response = await fetchBoard(this.#options.url, this.#options.canvas.id, tile)
      if (!response.ok) throw new Error(`board: ${response.status}`)
      const colors = new Uint8Array(await response.arrayBuffer())
      const seq = asSeq(Number(response.headers.get('fresco-seq')))
      const epoch = asEpoch(response.headers.get('fresco-epoch') ?? '')
      const isNewer = follower.epoch() !== epoch || (follower.seq() ?? -1) < seq
      const action = follower.board({ epoch, seq, colors })
      // The pixels of a whole board count as shown now, with the later frames that are already drawn into it.
      if (isNewer) for (const [position, color] of colors.entries()) this.#options.onPixel(tile, position, color)
      this.#act(tile, seq, action)
    } catch {
      setTimeout(() => void this.#fetch(tile), 500)
    } finally {
      state.fetching = false
    }
  }

  #frame(tile: number, { from, to, data }: { from: number; to: number; data: string }) {
    const follower = this.#tiles.get(tile)?.follower
    if (!follower) return
    const before = follower.seq()
    const pixels = decodePixels(Buffer.from(data, 'base64'), this.#options.canvas.tileSize ** 2)
    this.#act(tile, before, follower.frame({ from, to, ...pixels }))
  }

  /** Reports the pixels drawn on a tile that was at `seq`, and joins again when the rule requires it. */
  #act(tile: number, seq: Seq | null, action: FollowAction) {
    if (action.do === 'nothing') return
    let before: number = seq ?? 0
    for (const { from, to, positions, colors } of action.frames) {
      for (const [i, position] of positions.entries()) this.#options.onPixel(tile, position, colors[i] as number)
      if (to <= before) this.violations.doubled++
      if (from > before + 1) this.violations.outOfOrder++
      before = to
    }
    if (action.do === 'join') void this.#join([tile])
  }
}
