/**
 * A server for the session's tests: canvases, boards, a log per tile, sockets and charges, as PROTOCOL.md has them. Its network can
 * be slow, cut or silent, or lose an answer after the placement. Time is a `ManualClock`, and the test gives the randomness.
 */
import { asCanvasId, asEpoch, type TileNumber } from '../../../../lib/brand.ts'
import { encodePixels } from '../../../../lib/codec.ts'
import { type BoardPoint, positionOf, tileOf } from '../../../../lib/geometry.ts'
import type { ProblemCode } from '../../../../lib/refusal.ts'
import { showCanvas } from '../../../../lib/show-canvas.ts'
import type { CanvasInfo, ClientSocket } from '../types.ts'
import { FakeApi, maxCharges } from './fake-api.ts'
import { FakeSocket } from './fake-socket.ts'
import type { ManualClock } from './manual-clock.ts'

type Pixels = readonly (readonly [position: number, color: number])[]

interface FakeCommit {
  readonly pixels: Pixels
  readonly atMs: number
  readonly placement: string | null
}

/** `up` answers, `cut` refuses every request at once, `silent` drops all messages without an error. */
export type Network = 'up' | 'cut' | 'silent'

/** What a proxy does to a WebSocket: it passes, refuses or drops the handshake, or (`mute`) opens it and drops its messages. */
export type WebSocketProxy = 'pass' | 'refuse' | 'swallow' | 'mute'

export interface FakeServerOptions {
  readonly clock: ManualClock
  readonly random?: () => number
  readonly latencyMs?: () => number
  readonly width?: number
  readonly height?: number
  readonly cooldownMs?: number
  /** A client that misses more commits than this must reload the board. */
  readonly maxReplay?: number
}

export class FakeServer {
  readonly clock: ManualClock
  readonly #latencyMs: () => number
  readonly #maxReplay: number
  canvas: CanvasInfo
  network: Network = 'up'
  webSockets: WebSocketProxy = 'pass'
  /** The code with which handshakes are refused. */
  refuseSockets: ProblemCode | null = null
  /** The bandwidth that all boards share; null if they arrive at once. While it is 0, no bytes arrive. */
  boardBytesPerMs: number | null = null
  /** The running downloads of boards, and their largest number so far. */
  boardsUnderWay = 0
  mostBoardsUnderWay = 0
  /** Further requests for boards in a second are refused. */
  maxBoardsPerSecond = Number.POSITIVE_INFINITY
  /** The next POSTs are saved, but their answers are lost. */
  loseAnswers = 0
  /** The head of the control log. */
  control = 0
  /** The copy of the canvas that the process has, if it is old. */
  cachedCanvas: CanvasInfo | null = null
  /** The payload of each join. */
  readonly joins: Readonly<Record<string, unknown>>[] = []
  /** The next frames are lost. */
  loseFrames = 0
  /** The browser keeps no cookie, so a request without a token has no painter. */
  cookiesBlocked = false
  /** The ids of new guests, in order. */
  readonly guests: string[] = []
  /** The painter of each saved placement. */
  readonly placedBy: string[] = []
  /** The code with which placements are refused. */
  refuse: { code: ProblemCode; retryAfterMs?: number } | null = null
  /** The code with which a pixel is refused. */
  refusePixel: ((pixel: { gx: number; gy: number; color: number }) => { code: ProblemCode; retryAfterMs?: number } | null) | null = null
  /** The code with which whole batches are refused. */
  refuseBatches: { code: ProblemCode; retryAfterMs?: number } | null = null
  /** The batches in the order in which they came, without repeated ones. */
  readonly batches: { key: string; pixels: { gx: number; gy: number; color: number }[] }[] = []
  /** The ids of each request to undo. */
  readonly undos: string[][] = []
  /** The code with which the undo of a placement is refused. */
  refuseUndo: ((id: string) => { code: ProblemCode; retryAfterMs?: number } | null) | null = null
  /** The time from saving a placement to its seq. */
  sequenceAfterMs = 20
  readonly requests: string[] = []
  /** The transports of each attempt to open a socket. */
  readonly attempts: string[] = []
  /** The largest number of tiles that a socket has joined at once. */
  mostJoined = 0
  /** The saved placements by idempotency key. */
  readonly saved = new Map<string, { id: string; cell: { gx: number; gy: number }; color: number }>()
  #seqs = new Map<string, number>()
  #logs = new Map<TileNumber, FakeCommit[]>()
  #sockets = new Set<FakeSocket>()
  readonly #api: FakeApi

  constructor(options: FakeServerOptions) {
    this.clock = options.clock
    this.#latencyMs = options.latencyMs ?? (() => 5)
    this.#maxReplay = options.maxReplay ?? 10_000
    this.canvas = showCanvas({
      id: asCanvasId('main'),
      title: 'Main',
      epoch: asEpoch('epoch001'),
      rev: 1,
      width: options.width ?? 64,
      height: options.height ?? 64,
      tileSize: 64,
      palette: ['#000000', '#FF0000', '#00FF00', '#0000FF', '#FFFF00', '#00FFFF', '#FF00FF', '#FFFFFF'],
      background: 7,
      cooldownMs: options.cooldownMs ?? 0,
      maxCharges,
      startCharges: maxCharges,
      state: 'open',
    })
    this.#api = new FakeApi(this)
  }

  get openSockets() {
    return [...this.#sockets].filter(({ connected }) => connected).length
  }

  /** The transport of the open socket. */
  get transport() {
    return [...this.#sockets].find(({ connected }) => connected)?.transport ?? null
  }

  /** The charges at this moment. */
  charges() {
    return this.#api.charges()
  }

  /** The seq of a placement; null while it has none. */
  seqOf(placement: string) {
    return this.#seqs.get(placement) ?? null
  }

  commitAfter(tile: TileNumber, seq: number) {
    return this.#logs.get(tile)?.[seq]
  }

  head(tile: TileNumber) {
    return this.#logs.get(tile)?.length ?? 0
  }

  /** The newest commit of a cell is another painter's. */
  isPaintedOver(cell: BoardPoint): boolean {
    const { tileSize } = this.canvas
    const position = positionOf(tileSize, cell)
    const log = this.#logs.get(tileOf(tileSize, cell)) ?? []
    return log.findLast(({ pixels }) => pixels.some(([each]) => each === position))?.placement === null
  }

  board(tile: TileNumber): Uint8Array {
    const colors = new Uint8Array(this.canvas.tileSize ** 2).fill(this.canvas.background)
    for (const { pixels } of this.#logs.get(tile) ?? []) for (const [position, color] of pixels) colors[position] = color
    return colors
  }

  /** Adds a commit; without a placement it is another painter's. */
  commit(tile: TileNumber, pixels: Pixels, placement: string | null = null) {
    const log = this.#logs.get(tile) ?? []
    this.#logs.set(tile, log)
    log.push({ pixels, atMs: this.clock.nowMs, placement })
    if (placement) this.#seqs.set(placement, log.length)
    if (this.loseFrames > 0) this.loseFrames--
    else for (const socket of this.#sockets) if (socket.joined.has(tile)) this.#frame(socket, tile, log.length - 1)
  }

  /** Sends an event to all open sockets. */
  send(event: string, ...args: unknown[]) {
    for (const socket of this.#sockets) socket.deliver(() => socket.receive(event, ...args))
  }

  heads() {
    const heads = [...this.#logs].map(([tile, log]) => [tile, log.length])
    this.send('heads', this.canvas.id, this.canvas.epoch, this.canvas.rev, heads, this.control)
  }

  /** Closes all sockets, as when a process is killed. */
  cutSockets() {
    for (const socket of this.#sockets) socket.cut()
  }

  /** Starts another history of the canvas, without the saved pixels. */
  restore(epoch: string) {
    this.canvas = { ...this.canvas, epoch: epoch as CanvasInfo['epoch'], rev: this.canvas.rev + 1 }
    this.#logs = new Map()
    this.#seqs = new Map()
    this.#api.restore()
    this.cutSockets()
  }

  change(change: Partial<CanvasInfo>) {
    this.canvas = { ...this.canvas, ...change, rev: this.canvas.rev + 1 }
    this.control++
  }

  /** Grows to the right and down. */
  grow(width: number, height: number) {
    const { tileSize } = this.canvas
    this.change({ width, height, tilesX: Math.ceil(width / tileSize), tilesY: Math.ceil(height / tileSize) })
  }

  /** Sends the canvas with its seq in the control log. */
  announce() {
    this.send('canvas', this.canvas, this.control)
  }

  readonly io = (): ClientSocket => {
    const socket = new FakeSocket(this)
    this.#sockets.add(socket)
    return socket
  }

  latencyMs() {
    return this.#latencyMs()
  }

  /** Handles a message from a socket. */
  receive(socket: FakeSocket, event: string, payload: unknown, ack: (answer: unknown) => void) {
    if (event === 'leave') {
      for (const tile of (payload as { tiles: TileNumber[] }).tiles) socket.joined.delete(tile)
      ack({ ok: true })
      return
    }
    if (event !== 'join') return
    this.joins.push(payload as Record<string, unknown>)
    const { epoch, rev, tiles } = payload as { epoch: string; rev: number; tiles: { tile: TileNumber; seq: number | null }[] }
    const replays: [TileNumber, number][] = []
    const answers = tiles.map(({ tile, seq }) => {
      socket.joined.add(tile)
      const head = this.head(tile)
      if (socket.joined.size > this.mostJoined) this.mostJoined = socket.joined.size
      if (epoch !== this.canvas.epoch || seq === null || seq > head || head - seq > this.#maxReplay) return { tile, head, mode: 'reload' }
      if (seq < head) replays.push([tile, seq])
      return { tile, head, mode: seq === head ? 'live' : 'replay' }
    })
    const canvas = this.cachedCanvas ?? this.canvas
    ack({ ok: true, epoch: canvas.epoch, rev: canvas.rev, control: { head: this.control, mode: 'live' }, tiles: answers })
    if (rev < canvas.rev) socket.deliver(() => socket.receive('canvas', canvas))
    for (const [tile, seq] of replays) this.#frame(socket, tile, seq)
  }

  readonly fetch: typeof fetch = (input, init) =>
    new Promise((resolve, reject) => {
      const path = String(input)
      this.requests.push(`${init?.method ?? 'GET'} ${path}`)
      const fail = () => reject(new TypeError('Failed to fetch'))
      init?.signal?.addEventListener('abort', fail)
      if (this.network === 'silent') return
      this.clock.timers.set(() => {
        if (this.network === 'silent' || init?.signal?.aborted) return
        if (this.network === 'cut') return fail()
        const response = this.#api.answer(path, init)
        this.clock.timers.set(() => {
          if (response === 'lost' || this.network === 'cut') fail()
          else if (this.network === 'up') resolve(response)
        }, this.#latencyMs())
      }, this.#latencyMs())
    })

  /** The commits after `seq`, as one frame. */
  #frame(socket: FakeSocket, tile: TileNumber, seq: number) {
    const log = this.#logs.get(tile) ?? []
    const pixels = new Map<number, number>()
    for (const commit of log.slice(seq)) for (const [position, color] of commit.pixels) pixels.set(position, color)
    const sorted = [...pixels].sort(([a], [b]) => a - b)
    const packed = encodePixels({
      positions: Uint32Array.from(sorted, ([position]) => position),
      colors: Uint8Array.from(sorted, ([, color]) => color),
    })
    const data = Buffer.from(packed).toString('base64')
    const to = log.length
    socket.deliver(() => socket.receive('pixels', this.canvas.id, tile, seq + 1, to, data))
  }
}
