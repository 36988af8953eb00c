/**
 * One client that follows every tile, packed or as JSON, and records each frame and what it did with the frame. It reconnects after every loss.
 * It implements the client rule from PROTOCOL.md on purpose, and not with `lib/client-rule.ts`: a mistake there must not hide itself.
 */
import { io, type Socket } from 'socket.io-client'
import { decodePixels } from '../../lib/codec.ts'
import { type ClientAction, type HistoryWriter, packBytes } from '../history-checker/history.ts'
import type { Random } from '../random.ts'
import { ControlFollower, type JoinedControl } from './control-follower.ts'
import { readCanvas, type ShownCanvas } from './final-state.ts'
import { WatchedCanvas } from './watched-canvas.ts'

export interface WatcherOptions {
  readonly number: number
  readonly urls: readonly string[]
  readonly format: 'packed' | 'json'
  readonly roams: boolean
  readonly random: Random
  readonly history: HistoryWriter
  /** As it is at the start. */
  readonly canvas: ShownCanvas
}

interface Frame {
  readonly from: number
  readonly to: number
  readonly positions: ArrayLike<number>
  readonly colors: ArrayLike<number>
  readonly record: (did: ClientAction, before: number) => void
}

interface TileState {
  readonly tile: number
  epoch: string | null
  seq: number | null
  colors: Uint8Array
  kept: Frame[]
  fetching: boolean
}

interface PixelPlaced {
  readonly tile: number
  readonly seq: number
  readonly index: number
  readonly count: number
  readonly gx: number
  readonly gy: number
  readonly color: string
  readonly id: string
}

/** Frames that may wait for a board. With more, the client joins the tile again. */
const maxKept = 5_000

export class Watcher {
  readonly #options: WatcherOptions
  readonly #tiles = new Map<number, TileState>()
  readonly #coming = new Map<number, PixelPlaced[]>()
  readonly #joining = new Set<number>()
  readonly #control: ControlFollower
  readonly #canvas: WatchedCanvas
  #socket: Socket | null = null
  #url: string
  #epoch: string | null = null
  #closed = false
  #reconnect: NodeJS.Timeout | null = null
  reconnects = -1

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#control = new ControlFollower(options.number, options.history)
    this.#canvas = new WatchedCanvas({ w: options.number, history: options.history, canvas: options.canvas })
    this.#addTiles()
    this.#url = options.urls[options.number % options.urls.length] ?? ''
    this.#connect()
  }

  get number() {
    return this.#options.number
  }

  isExact(heads: ReadonlyMap<number, number>, changes: number) {
    return this.#control.seq === changes && [...heads].every(([tile, head]) => this.#tiles.get(tile)?.seq === head)
  }

  seqs() {
    return [...[...this.#tiles.values()].map(({ tile, seq }) => `${tile}:${seq}`), `changes:${this.#control.seq}`].join(' ')
  }

  recordShown(last: boolean) {
    if (last) this.#options.history.add({ k: 'changesShown', w: this.number, seq: this.#control.seq })
    for (const { tile, seq, colors } of this.#tiles.values()) {
      if (seq !== null) this.#options.history.add({ k: 'shown', w: this.number, tile, seq, bytes: packBytes(colors), last })
    }
  }

  /** Disconnects for a while and rejoins with its seqs. */
  leaveFor(ms: number) {
    this.#leave()
    this.#reconnectIn(ms)
  }

  close() {
    this.#closed = true
    if (this.#reconnect) clearTimeout(this.#reconnect)
    this.#leave()
  }

  #leave() {
    this.#socket?.removeAllListeners()
    this.#socket?.disconnect()
    this.#socket = null
    this.#control.disconnected()
    this.#coming.clear()
    this.#joining.clear()
  }

  #reconnectIn(ms: number) {
    if (this.#closed || this.#reconnect) return
    this.#reconnect = setTimeout(() => {
      this.#reconnect = null
      if (!this.#closed) this.#connect()
    }, ms)
  }

  #connect() {
    this.#leave()
    const { random, urls, roams } = this.#options
    if (roams) this.#url = random.pick(urls) ?? this.#url
    const socket = io(this.#url, { transports: ['websocket'], forceNew: true, reconnection: false, timeout: 3_000 })
    this.#socket = socket
    const lost = () => {
      if (this.#socket !== socket) return
      this.#leave()
      this.#reconnectIn(100 + random.below(400))
    }
    socket.on('connect', () => {
      this.reconnects++
      void this.#join(socket, [...this.#tiles.keys()])
    })
    socket.on('disconnect', lost)
    socket.on('connect_error', lost)
    socket.on('pixels', (_canvas: string, tile: number, from: number, to: number, data: string) => this.#packed(tile, from, to, data))
    socket.on('pixel_placed', (event: PixelPlaced) => this.#event(event))
    socket.on('resync', (_canvas: string, tile: number) => void this.#fetch(tile))
    socket.on('canvas', (canvas: ShownCanvas, seq?: number) => {
      this.#adopt(canvas)
      if (this.#control.event(canvas.rev, seq)) void this.#join(socket, [...this.#tiles.keys()])
    })
    socket.on('heads', (_canvas: string, epoch: string, rev: number, heads: [number, number][], changes: number) => {
      setTimeout(() => {
        if (this.#socket !== socket) return
        if (rev > this.#canvas.current.rev) void this.#loadCanvas()
        const behind = heads.filter(([tile, seq]) => this.#epoch !== epoch || (this.#tiles.get(tile)?.seq ?? 0) < seq)
        if (changes > this.#control.seq) void this.#join(socket, [...this.#tiles.keys()])
        else if (behind.length > 0)
          void this.#join(
            socket,
            behind.map(([tile]) => tile),
          )
      }, 1_000)
    })
  }

  async #join(socket: Socket, all: readonly number[]) {
    const { format, number } = this.#options
    const canvas = this.#canvas.current
    const tiles = all.filter((tile) => !this.#joining.has(tile))
    if (tiles.length === 0) return
    for (const tile of tiles) this.#joining.add(tile)
    const wanted = tiles.map((tile) => ({ tile, seq: this.#tiles.get(tile)?.seq ?? null }))
    // The rev may be left out.
    const rev = number % 4 < 2 ? { rev: canvas.rev } : {}
    const epoch = this.#epoch ? { epoch: this.#epoch } : {}
    const payload = { canvas: canvas.id, ...epoch, ...rev, tiles: wanted, format, control: this.#control.seq }
    try {
      const answer = (await socket.timeout(5_000).emitWithAck('join', payload)) as
        | { ok: true; epoch: string; control: JoinedControl; tiles: { tile: number; mode: string }[] }
        | { ok: false }
      if (this.#socket !== socket) return
      for (const tile of tiles) this.#joining.delete(tile)
      if (!answer.ok) throw new Error('join was refused')
      this.#epoch = answer.epoch
      this.#control.joined(answer.control)
      for (const { tile, mode } of answer.tiles) if (mode === 'reload') void this.#fetch(tile)
    } catch {
      setTimeout(() => {
        if (this.#socket !== socket || !socket.connected) return
        for (const tile of tiles) this.#joining.delete(tile)
        void this.#join(socket, tiles)
      }, 300)
    }
  }

  /** A tile joins when its canvas is known. */
  #addTiles(): number[] {
    const { tileSize } = this.#canvas.current
    const added = this.#canvas.tiles.filter((tile) => !this.#tiles.has(tile))
    for (const tile of added) {
      this.#tiles.set(tile, { tile, epoch: null, seq: null, colors: new Uint8Array(tileSize * tileSize), kept: [], fetching: false })
    }
    return added
  }

  #adopt(canvas: ShownCanvas) {
    if (!this.#canvas.adopt(canvas)) return
    const added = this.#addTiles()
    if (this.#socket && added.length > 0) void this.#join(this.#socket, added)
  }

  async #loadCanvas() {
    const canvas = await readCanvas(this.#url).catch(() => null)
    if (canvas && !this.#closed) this.#adopt(canvas)
  }

  /** The board may come from another gateway than the frames. */
  async #fetch(tile: number) {
    const state = this.#tiles.get(tile)
    if (!state || state.fetching || this.#closed) return
    state.fetching = true
    const { random, urls, canvas, history } = this.#options
    const url = random.chance(0.2) ? (random.pick(urls) ?? this.#url) : this.#url
    let again = true
    try {
      const response = await fetch(`${url}/api/canvases/${canvas.id}/tiles/${tile}/board`, {
        headers: { 'cache-control': 'no-cache' },
        signal: AbortSignal.timeout(4_000),
      })
      const bytes = new Uint8Array(await response.arrayBuffer())
      const [seq, epoch] = [Number(response.headers.get('fresco-seq')), response.headers.get('fresco-epoch') ?? '']
      if (response.ok && epoch === this.#epoch) {
        again = false
        if (state.epoch !== epoch || state.seq === null || seq > state.seq) {
          history.add({ k: 'board', w: this.number, tile, epoch, seq, bytes: packBytes(bytes) })
          Object.assign(state, { epoch, seq, colors: bytes })
        }
      }
    } catch {
      // It is requested again below.
    }
    state.fetching = false
    for (const frame of state.kept.splice(0)) this.#take(state, frame)
    if (again) setTimeout(() => void this.#fetch(tile), 300)
  }

  #packed(tile: number, from: number, to: number, data: string) {
    const state = this.#tiles.get(tile)
    if (!state) return
    const { history, canvas } = this.#options
    const record = (did: ClientAction, before: number) =>
      history.add({ k: 'frame', w: this.number, at: performance.now(), tile, from, to, data, did, before })
    this.#take(state, { from, to, ...decodePixels(Buffer.from(data, 'base64'), canvas.tileSize ** 2), record })
  }

  /** A commit is whole after its last event. An incomplete commit is recorded and not applied. */
  #event(event: PixelPlaced) {
    const { tile, seq, index, count } = event
    const state = this.#tiles.get(tile)
    if (!state) return
    const { history, canvas } = this.#options
    const before = this.#coming.get(tile) ?? []
    const continues = index > 0 && before.length === index && before[0]?.seq === seq
    const recordOf = (events: readonly PixelPlaced[], whole: boolean) => (did: ClientAction, stands: number) => {
      const pixels = events.flatMap(({ gx, gy, color, id }) => (count === 0 ? [] : [[gx, gy, color, id] as const]))
      const at = performance.now()
      history.add({ k: 'commit', w: this.number, at, tile, seq: events[0]?.seq ?? seq, whole, pixels, did, before: stands })
    }
    if (!continues && before.length > 0) recordOf(before, false)('dropped', state.seq ?? 0)
    const events = continues ? [...before, event] : [event]
    this.#coming.set(tile, events)
    if (events.length < count || (!continues && index > 0)) return
    this.#coming.delete(tile)
    const size = canvas.tileSize
    const placed = count === 0 ? [] : events
    this.#take(state, {
      from: seq,
      to: seq,
      positions: placed.map(({ gx, gy }) => (gy % size) * size + (gx % size)),
      colors: placed.map(({ color }) => this.#canvas.current.palette.indexOf(color)),
      record: recordOf(events, true),
    })
  }

  #take(state: TileState, frame: Frame) {
    const { tile, seq } = state
    if (seq !== null && frame.to <= seq) return frame.record('dropped', seq)
    if (seq === null || frame.from > seq + 1) {
      if (seq === null || state.fetching) {
        if (state.kept.length < maxKept) return void state.kept.push(frame)
        state.kept = []
      }
      frame.record('gap', seq ?? 0)
      if (this.#socket) void this.#join(this.#socket, [tile])
      return
    }
    for (let i = 0; i < frame.positions.length; i++) state.colors[frame.positions[i] as number] = frame.colors[i] as number
    state.seq = frame.to
    frame.record('applied', seq)
  }
}
