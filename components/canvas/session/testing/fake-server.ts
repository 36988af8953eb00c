/**
 * A server for the session's tests: canvases, boards, a log per tile, sockets and charges, as PROTOCOL.md has them. Its network can
 * be slow, cut or silent, or lose an answer after the placement. Time is a `ManualClock`, and the test gives the randomness.
 */
import { asTile, type TileNumber } from '../../../../lib/brand.ts'
import { type ChargeState, refill, showCharges, spend } from '../../../../lib/charges.ts'
import { encodePixels } from '../../../../lib/codec.ts'
import { positionOf, tileOf, tilesX, tilesY } from '../../../../lib/geometry.ts'
import { type ProblemCode, problemOf } from '../../../../lib/refusal.ts'
import type { Transport } from '../transport-choice.ts'
import type { CanvasInfo, ClientSocket } from '../types.ts'
import type { ManualClock } from './manual-clock.ts'

type Pixels = readonly (readonly [position: number, color: number])[]

interface FakeCommit {
  readonly pixels: Pixels
  readonly atMs: number
  readonly placement: string | null
}

/** `up` answers, `cut` refuses everything at once, `silent` swallows everything. */
export type Network = 'up' | 'cut' | 'silent'

/** What a proxy does to WebSocket: `mute` lets it open and swallows what it carries after that. */
export type WebSocketProxy = 'pass' | 'refuse' | 'swallow' | 'mute'

export interface FakeServerOptions {
  readonly clock: ManualClock
  readonly random?: () => number
  readonly latencyMs?: () => number
  readonly width?: number
  readonly height?: number
  readonly cooldownMs?: number
  /** Who missed more commits than this is told to fetch the board. */
  readonly maxReplay?: number
}

const maxCharges = 10

export class FakeServer {
  readonly clock: ManualClock
  readonly #latencyMs: () => number
  readonly #maxReplay: number
  canvas: CanvasInfo
  network: Network = 'up'
  webSockets: WebSocketProxy = 'pass'
  /** What handshakes are refused with. */
  refuseSockets: ProblemCode | null = null
  /** How fast the bytes of boards come, over all of them; null: at once. They stop while it is 0. */
  boardBytesPerMs: number | null = null
  /** Boards that are on their way now, and the most that ever were. */
  boardsUnderWay = 0
  mostBoardsUnderWay = 0
  /** More than so many requests for boards a second are refused. */
  maxBoardsPerSecond = Number.POSITIVE_INFINITY
  #boardsOfSecond = { second: 0, count: 0 }
  /** The next POSTs are saved, but their answers are lost. */
  loseAnswers = 0
  /** The next frames vanish on the way. */
  loseFrames = 0
  /** The browser keeps no cookie, so a request without a token comes from nobody. */
  cookiesBlocked = false
  /** Guests that were made, in their order. */
  readonly guests: string[] = []
  /** Who placed what was saved. */
  readonly placedBy: string[] = []
  /** What the next placements are refused with. */
  refuse: { code: ProblemCode; retryAfterMs?: number } | null = null
  /** How long a saved placement waits for its seq. */
  sequenceAfterMs = 20
  readonly requests: string[] = []
  /** The transports of each attempt to open a socket. */
  readonly attempts: string[] = []
  /** The most tiles that a socket was ever in. */
  mostJoined = 0
  /** Keys of placements that were saved, each once. */
  readonly saved = new Map<string, { id: string; cell: { gx: number; gy: number }; color: number }>()
  #answers = new Map<string, unknown>()
  #seqs = new Map<string, number>()
  #placements = new Set<string>()
  #logs = new Map<TileNumber, FakeCommit[]>()
  #sockets = new Set<FakeSocket>()
  #charges: ChargeState
  #ids = 0

  constructor(options: FakeServerOptions) {
    this.clock = options.clock
    this.#latencyMs = options.latencyMs ?? (() => 5)
    this.#maxReplay = options.maxReplay ?? 10_000
    const size = { width: options.width ?? 64, height: options.height ?? 64, tileSize: 64 }
    this.canvas = {
      protocol: 1,
      id: 'main' as CanvasInfo['id'],
      title: 'Main',
      epoch: 'epoch001' as CanvasInfo['epoch'],
      rev: 1,
      ...size,
      tilesX: tilesX(size),
      tilesY: tilesY(size),
      palette: ['#000000', '#FF0000', '#00FF00', '#0000FF', '#FFFF00', '#00FFFF', '#FF00FF', '#FFFFFF'],
      colorNames: ['black', 'red', 'green', 'blue', 'yellow', 'cyan', 'magenta', 'white'],
      background: 7,
      cooldownMs: options.cooldownMs ?? 0,
      maxCharges,
      state: 'open',
    }
    this.#charges = { count: 3, sinceMs: options.clock.nowMs }
  }

  get openSockets() {
    return [...this.#sockets].filter(({ connected }) => connected).length
  }

  /** Of the socket that is open. */
  get transport() {
    return [...this.#sockets].find(({ connected }) => connected)?.transport ?? null
  }

  head(tile: TileNumber) {
    return this.#logs.get(tile)?.length ?? 0
  }

  board(tile: TileNumber): Uint8Array {
    const colors = new Uint8Array(this.canvas.tileSize ** 2).fill(this.canvas.background)
    for (const { pixels } of this.#logs.get(tile) ?? []) for (const [position, color] of pixels) colors[position] = color
    return colors
  }

  /** A stranger's commit. */
  commit(tile: TileNumber, pixels: Pixels, placement: string | null = null) {
    const log = this.#logs.get(tile) ?? []
    this.#logs.set(tile, log)
    log.push({ pixels, atMs: this.clock.nowMs, placement })
    if (placement) this.#seqs.set(placement, log.length)
    if (this.loseFrames > 0) this.loseFrames--
    else for (const socket of this.#sockets) if (socket.joined.has(tile)) this.#frame(socket, tile, log.length - 1)
  }

  /** Sent to all open sockets of the canvas. */
  tell(event: string, ...args: unknown[]) {
    for (const socket of this.#sockets) socket.deliver(() => socket.hear(event, ...args))
  }

  heads() {
    const heads = [...this.#logs].map(([tile, log]) => [tile, log.length])
    this.tell('heads', this.canvas.id, this.canvas.epoch, this.canvas.rev, heads)
  }

  /** All sockets are closed, as when a process is killed. */
  cutSockets() {
    for (const socket of this.#sockets) socket.cut()
  }

  /** Another history: what was saved is gone. */
  restore(epoch: string) {
    this.canvas = { ...this.canvas, epoch: epoch as CanvasInfo['epoch'], rev: this.canvas.rev + 1 }
    this.#logs = new Map()
    this.#seqs = new Map()
    this.#answers = new Map()
    this.#placements = new Set()
    this.cutSockets()
  }

  change(change: Partial<CanvasInfo>) {
    this.canvas = { ...this.canvas, ...change, rev: this.canvas.rev + 1 }
  }

  readonly io = (): ClientSocket => {
    const socket = new FakeSocket(this)
    this.#sockets.add(socket)
    return socket
  }

  latencyMs() {
    return this.#latencyMs()
  }

  /** What a socket sent arrives. */
  receive(socket: FakeSocket, event: string, payload: unknown, ack: (answer: unknown) => void) {
    if (event === 'leave') {
      for (const tile of (payload as { tiles: TileNumber[] }).tiles) socket.joined.delete(tile)
      ack({ ok: true })
      return
    }
    if (event !== 'join') return
    const { epoch, tiles } = payload as { epoch: string; tiles: { tile: TileNumber; seq: number | null }[] }
    const replays: [TileNumber, number][] = []
    const answers = tiles.map(({ tile, seq }) => {
      socket.joined.add(tile)
      const head = this.head(tile)
      if (socket.joined.size > this.mostJoined) this.mostJoined = socket.joined.size
      if (epoch !== this.canvas.epoch || seq === null || seq > head || head - seq > this.#maxReplay) return { tile, head, mode: 'reload' }
      if (seq < head) replays.push([tile, seq])
      return { tile, head, mode: seq === head ? 'live' : 'replay' }
    })
    ack({ ok: true, epoch: this.canvas.epoch, rev: this.canvas.rev, tiles: answers })
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
        const response = this.#answer(path, init)
        this.clock.timers.set(() => {
          if (response === 'lost' || this.network === 'cut') fail()
          else if (this.network === 'up') resolve(response)
        }, this.#latencyMs())
      }, this.#latencyMs())
    })

  /** Null: the request names a painter whom nothing in it proves. */
  #painterOf(init?: RequestInit): string | null {
    const headers = new Headers(init?.headers)
    const token = headers.get('Authorization')?.replace('Bearer token of ', '')
    const expected = headers.get('Fresco-Painter')
    if (token) return token
    if (!this.cookiesBlocked) return 'p_me'
    return expected === null ? this.#newGuest() : null
  }

  #newGuest() {
    const id = `p_guest${this.guests.length + 1}`
    this.guests.push(id)
    return id
  }

  #answer(path: string, init?: RequestInit): Response | 'lost' {
    if (path === '/api/tokens') {
      const id = this.#newGuest()
      return this.#json(201, { token: `token of ${id}`, painter: { id, name: id } })
    }
    if (path === '/api/pixels' || path.startsWith('/api/me')) {
      const id = this.#painterOf(init)
      if (id === null) return this.#json(401, problemOf({ code: 'unauthenticated', detail: 'not that painter' }))
      if (path === '/api/pixels') return this.#place(id, init)
      return this.#json(200, { painter: { id, name: id, role: 'guest' }, charges: this.charges() })
    }
    const receipt = /^\/api\/placements\/(.+)$/.exec(path)
    if (receipt?.[1]) {
      if (!this.#placements.has(receipt[1])) return this.#json(404, problemOf({ code: 'not_found', detail: 'no such placement' }))
      return this.#json(200, { id: receipt[1], seq: this.#seqs.get(receipt[1]) ?? null })
    }
    const board = /\/tiles\/(\d+)\/board$/.exec(path)
    if (board) {
      const tile = asTile(Number(board[1]))
      const headers = { 'Fresco-Epoch': this.canvas.epoch, 'Fresco-Seq': String(this.head(tile)) }
      const second = Math.floor(this.clock.nowMs / 1_000)
      if (second !== this.#boardsOfSecond.second) this.#boardsOfSecond = { second, count: 0 }
      if (++this.#boardsOfSecond.count > this.maxBoardsPerSecond) {
        return this.#json(429, problemOf({ code: 'rate_limited', detail: 'too many', retryAfterMs: 1_000 }))
      }
      const response = this.#respond(200, headers, this.board(tile))
      return this.boardBytesPerMs === null ? response : Object.assign(response, { body: this.#stream(this.board(tile), init?.signal) })
    }
    const commits = /\/tiles\/(\d+)\/commits\?after=(\d+)/.exec(path)
    if (commits) {
      const commit = this.#logs.get(asTile(Number(commits[1])))?.[Number(commits[2])]
      return this.#json(200, { commits: commit ? [{ at: new Date(commit.atMs).toISOString() }] : [] })
    }
    return path === `/api/canvases/${this.canvas.id}` ? this.#json(200, this.canvas) : this.#json(404, { code: 'canvas_not_found' })
  }

  /** A body that comes bit by bit, every 100 ms, and shares the line with the others. */
  #stream(bytes: Uint8Array, signal: AbortSignal | null | undefined) {
    let sent = 0
    this.boardsUnderWay++
    this.mostBoardsUnderWay = Math.max(this.mostBoardsUnderWay, this.boardsUnderWay)
    const end = () => {
      this.boardsUnderWay--
    }
    const read = (): Promise<{ done: boolean; value?: Uint8Array }> =>
      new Promise((resolve, reject) => {
        if (sent >= bytes.length) {
          end()
          return resolve({ done: true })
        }
        const stopped = () => {
          end()
          reject(new TypeError('aborted'))
        }
        if (signal?.aborted) return stopped()
        signal?.addEventListener('abort', stopped, { once: true })
        const more = () => {
          if (signal?.aborted) return
          const count = this.network === 'up' ? Math.floor((100 * (this.boardBytesPerMs ?? 1e6)) / this.boardsUnderWay) : 0
          if (count === 0) {
            this.clock.timers.set(more, 100)
            return
          }
          signal?.removeEventListener('abort', stopped)
          const value = bytes.slice(sent, sent + count)
          sent += value.length
          resolve({ done: false, value })
        }
        this.clock.timers.set(more, 100)
      })
    return { getReader: () => ({ read, cancel: async () => end() }) }
  }

  #place(by: string, init?: RequestInit): Response | 'lost' {
    const key = new Headers(init?.headers).get('Idempotency-Key') ?? ''
    const cell = JSON.parse(String(init?.body)) as { gx: number; gy: number; color: number }
    const before = this.#answers.get(key)
    if (before) return this.#lost() ? 'lost' : this.#json(201, before)
    if (this.refuse) {
      const problem = problemOf({ detail: 'refused', ...this.refuse })
      return this.#json(problem.status, problem)
    }
    const rules = { cooldownMs: this.canvas.cooldownMs, maxCharges, startCharges: 3 }
    if (rules.cooldownMs > 0) {
      const spent = spend(rules, this.#charges, this.clock.nowMs)
      if (!spent.ok) return this.#json(429, problemOf({ code: 'cooldown', detail: 'none left', retryAfterMs: spent.retryAfterMs }))
      this.#charges = spent.state
    }
    const id = `placement-${++this.#ids}.0`
    this.#placements.add(id)
    this.placedBy.push(by)
    this.saved.set(key, { id, cell, color: cell.color })
    const answer = { id, charges: this.charges() }
    this.#answers.set(key, answer)
    const tile = tileOf(this.canvas.tileSize, cell)
    const { epoch } = this.canvas
    this.clock.timers.set(() => {
      if (epoch === this.canvas.epoch) this.commit(tile, [[positionOf(this.canvas.tileSize, cell), cell.color]], id)
    }, this.sequenceAfterMs)
    return this.#lost() ? 'lost' : this.#json(201, answer)
  }

  #lost() {
    if (this.loseAnswers === 0) return false
    this.loseAnswers--
    return true
  }

  /** As the server would show them now. */
  charges() {
    const rules = { cooldownMs: this.canvas.cooldownMs, maxCharges, startCharges: 3 }
    if (rules.cooldownMs > 0) this.#charges = refill(rules, this.#charges, this.clock.nowMs)
    return showCharges(rules, this.#charges, this.clock.nowMs)
  }

  #json(status: number, body: unknown) {
    return this.#respond(status, {}, new TextEncoder().encode(JSON.stringify(body)))
  }

  /** As much of a `Response` as the session uses, without the macrotasks of a real one. */
  #respond(status: number, headers: Record<string, string>, body: Uint8Array): Response {
    const all = new Headers({ Date: new Date(this.clock.nowMs).toUTCString(), ...headers })
    const response = {
      ok: status < 400,
      status,
      headers: all,
      json: async () => JSON.parse(new TextDecoder().decode(body)) as unknown,
      arrayBuffer: async () => body.slice().buffer,
    }
    return response as unknown as Response
  }

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
    socket.deliver(() => socket.hear('pixels', this.canvas.id, tile, seq + 1, to, data))
  }
}

export class FakeSocket implements ClientSocket {
  connected = false
  transport: Transport | null = null
  readonly joined = new Set<TileNumber>()
  readonly #server: FakeServer
  readonly #listeners = new Map<string, ((...args: unknown[]) => void)[]>()
  /** Counts connections: what was on its way in an earlier one is gone. */
  #life = 0
  #busyUntilMs = 0

  constructor(server: FakeServer) {
    this.#server = server
  }

  on(event: string, listener: (...args: unknown[]) => void) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener])
  }

  emit(event: string, ...args: unknown[]) {
    if (!this.connected) return
    const last = args.at(-1)
    const ack = typeof last === 'function' ? (last as (answer: unknown) => void) : () => undefined
    this.deliver(() => this.#server.receive(this, event, args[0], (answer) => this.deliver(() => ack(answer))))
  }

  connect(transports: readonly Transport[]) {
    const life = ++this.#life
    const [first] = transports
    const { webSockets, clock } = this.#server
    this.#server.attempts.push(transports.join())
    if (this.#server.network === 'silent' || (first === 'websocket' && webSockets === 'swallow')) return
    clock.timers.set(() => {
      if (life !== this.#life || this.#server.network === 'silent') return
      if (this.#server.refuseSockets) {
        const responseText = JSON.stringify({ code: 4, message: this.#server.refuseSockets })
        this.hear('connect_error', Object.assign(new Error('refused'), first === 'polling' ? { context: { responseText } } : {}))
        return
      }
      if (this.#server.network === 'cut' || (first === 'websocket' && webSockets === 'refuse')) {
        this.hear('connect_error', new Error('refused'))
        return
      }
      this.connected = true
      this.transport = first ?? 'polling'
      this.hear('connect')
      if (transports.includes('websocket') && (webSockets === 'pass' || webSockets === 'mute')) this.transport = 'websocket'
    }, this.#server.latencyMs())
  }

  disconnect() {
    const wasConnected = this.connected
    this.#end()
    if (wasConnected) this.hear('disconnect', 'io client disconnect')
  }

  cut() {
    if (!this.connected) return
    this.#end()
    this.hear('disconnect', 'transport close')
  }

  /** In order, as over TCP; never over a connection that has ended or a network that swallows. */
  deliver(act: () => void) {
    if (!this.connected) return
    const life = this.#life
    const { clock } = this.#server
    this.#busyUntilMs = Math.max(this.#busyUntilMs, clock.nowMs + this.#server.latencyMs())
    clock.timers.set(() => {
      const muted = this.transport === 'websocket' && this.#server.webSockets === 'mute'
      if (life === this.#life && this.connected && this.#server.network === 'up' && !muted) act()
    }, this.#busyUntilMs - clock.nowMs)
  }

  hear(event: string, ...args: unknown[]) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...args)
  }

  #end() {
    this.#life++
    this.connected = false
    this.transport = null
    this.joined.clear()
    this.#busyUntilMs = 0
  }
}
