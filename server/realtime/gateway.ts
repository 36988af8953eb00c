/**
 * The gateway: Socket.IO on the server's own port. It lets clients join tiles, sends them frames, and hears their placements.
 *
 * A frame is one text message, encoded once for its room. Joining is one block without an await between catching up and
 * entering the room, so a client misses nothing and gets nothing twice (A3). Whatever a client sends, it gets a problem or an
 * answer; nothing it sends throws.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { Server, type Socket } from 'socket.io'
import { asCanvasId, type CanvasId, type PainterId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { newcomerCharges, showCharges } from '../../lib/charges.ts'
import { hasTile } from '../../lib/geometry.ts'
import { guestName, type Painter } from '../../lib/painter.ts'
import { problemOf, type Refusal } from '../../lib/refusal.ts'
import { packFrame, pixelEvents } from '../broadcasting/frame.ts'
import type { FrameSink, LiveTiles, TileFrame } from '../broadcasting/port.ts'
import type { Credentials, Identity } from '../http/identity.ts'
import type { Logger } from '../observability/log.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { EventStream, Signal } from '../stream/port.ts'
import { MessageBudget } from './message-budget.ts'
import { Presence } from './presence.ts'
import { canvasRoom, type FrameFormat, painterRoom, tileRoom } from './rooms.ts'
import { joinSchema, leaveSchema, parse, seenSchema } from './schemas.ts'
import { cutOff, maxUnsentBytes, unsentBytes } from './slow-clients.ts'

export type SocketPlacing = { kind: 'placed'; placement: unknown } | { kind: 'refused'; refusal: Refusal }

export interface GatewayOptions {
  readonly httpServer: HttpServer
  readonly gateway: string
  readonly liveTiles: LiveTiles
  readonly store: Store
  readonly stream: EventStream
  readonly canvases: { get(id: CanvasId): Promise<Canvas | null>; forget(id: CanvasId): void; show(canvas: Canvas): unknown }
  /** Rejects with code `outcome_unknown` only. */
  readonly placePixel: (placing: { painter: Painter; body: unknown; key: unknown; address: string }) => Promise<SocketPlacing>
  readonly identify: (credentials: Credentials) => Identity
  /** Whether a browser page of this origin may use a session cookie. */
  readonly originAllowed: (origin: string | undefined, host: string | undefined) => boolean
  readonly hasSession: (cookie: string | undefined) => boolean
  readonly addressOf: (request: IncomingMessage) => string
  /** `openSocket` answers false when the address has too many. */
  readonly limits: { openSocket(address: string): boolean; closeSocket(address: string): void }
  readonly logger: Logger
  readonly now: () => number
  readonly onSeen?: (ms: number) => void
  readonly onSlowClient?: () => void
}

interface Joined {
  readonly format: Map<number, FrameFormat>
}

interface SocketData {
  identity: Identity
  address: string
  budget: MessageBudget
  joined: Map<CanvasId, Joined>
}

type AnySocket = Socket<
  Record<string, (...args: unknown[]) => void>,
  Record<string, (...args: unknown[]) => void>,
  Record<string, never>,
  SocketData
>
type Ack = (answer: unknown) => void

const headsEveryMs = 10_000
const presenceEveryMs = 2_000
const slowCheckEveryMs = 1_000
/** Tiles that one socket may be in, over all canvases (A6). */
const maxTilesOfSocket = 512

const painterOf = (identity: Identity): Painter | null =>
  identity.kind === 'painter' || identity.kind === 'admin' ? identity.painter : null

export class Gateway implements FrameSink {
  readonly #options: GatewayOptions
  readonly #io: Server<
    Record<string, (...args: unknown[]) => void>,
    Record<string, (...args: unknown[]) => void>,
    Record<string, never>,
    SocketData
  >
  readonly #presence: Presence
  readonly #canvases = new Map<CanvasId, Canvas>()
  /** Frames that need a newer canvas than this gateway has told its rooms of. */
  readonly #held = new Map<CanvasId, TileFrame[]>()
  readonly #meWanted = new Map<string, { canvas: CanvasId; painter: PainterId }>()
  readonly #timers: NodeJS.Timeout[] = []
  readonly #stopListening: () => void

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#io = new Server(options.httpServer, {
      path: '/socket.io',
      serveClient: false,
      transports: ['websocket', 'polling'],
      perMessageDeflate: false,
      httpCompression: false,
      maxHttpBufferSize: 65_536,
      // Costs a few bytes per client; a connection that died without a word is noticed within fifteen seconds.
      pingInterval: 10_000,
      pingTimeout: 5_000,
      cors: { origin: '*' },
      allowRequest: (request, decide) => this.#admit(request, decide),
    })
    this.#io.engine.on(
      'connection',
      (connection: { request: IncomingMessage; close(): void; once(event: 'close', act: () => void): void }) => {
        const address = options.addressOf(connection.request)
        if (!options.limits.openSocket(address)) return connection.close()
        connection.once('close', () => options.limits.closeSocket(address))
      },
    )
    this.#io.use((socket, next) => this.#identify(socket as AnySocket, next))
    this.#io.on('connection', (socket) => this.#welcome(socket as AnySocket))
    this.#presence = new Presence({
      gateway: options.gateway,
      stream: options.stream,
      now: options.now,
      joinedHere: (canvas) => this.#io.sockets.adapter.rooms.get(canvasRoom(canvas))?.size ?? 0,
      canvasesHere: () => [...this.#canvases.keys()],
    })
    this.#stopListening = options.stream.onSignal((signal) => this.#hear(signal))
    this.#every(headsEveryMs, () => this.#tellHeads())
    this.#every(presenceEveryMs, () => this.#tellPresence())
    this.#every(slowCheckEveryMs, () => this.cutOffSlowClients())
  }

  // ── the broadcaster's side ────────────────────────────────────────────────────────────────────────────────────────────

  frame(frame: TileFrame) {
    const canvas = this.#canvases.get(frame.ref.canvas)
    if (!canvas) return
    const held = this.#held.get(canvas.id)
    if (held) {
      held.push(frame)
    } else if (frame.commits.some(({ pixels }) => pixels.some(({ color }) => color >= canvas.palette.length))) {
      this.#held.set(canvas.id, [frame])
      void this.#refreshCanvas(canvas.id)
    } else {
      this.#send(frame, canvas)
    }
  }

  resync({ canvas, tile }: TileRef) {
    const rooms = [tileRoom({ canvas, tile }, 'packed'), tileRoom({ canvas, tile }, 'json')]
    this.#io.to(rooms).emit('resync', canvas, tile)
  }

  watched(ref: TileRef) {
    return this.#isOccupied(tileRoom(ref, 'packed')) || this.#isOccupied(tileRoom(ref, 'json'))
  }

  sockets() {
    return this.#io.engine.clientsCount
  }

  /** Cuts off the sockets that do not read. They come back and resume. */
  cutOffSlowClients() {
    for (const socket of this.#io.sockets.sockets.values()) {
      const bytes = unsentBytes(socket as unknown as Socket)
      if (bytes <= maxUnsentBytes) continue
      this.#options.logger.warn({ event: 'slow_client_cut_off', bytes, address: socket.data.address })
      this.#options.onSlowClient?.()
      cutOff(socket as unknown as Socket)
    }
  }

  /**
   * Closes every connection (A7). Its end is what tells a client: any Socket.IO client then looks for another connection by
   * itself, which it does not after a server's `disconnect`.
   */
  close() {
    this.#stopListening()
    for (const timer of this.#timers) clearInterval(timer)
    this.#io.engine.close()
  }

  // ── arriving ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #admit(request: IncomingMessage, decide: (error: string | null | undefined, ok: boolean) => void) {
    const { origin, host, cookie } = request.headers
    if (this.#options.hasSession(cookie) && !this.#options.originAllowed(origin, host)) return decide('forbidden', false)
    return decide(null, true)
  }

  #identify(socket: AnySocket, next: (error?: Error & { data?: unknown }) => void) {
    const { headers, auth } = socket.handshake
    const token: unknown = auth['token']
    const identity = this.#options.identify({
      cookie: headers.cookie ?? null,
      authorization: headers.authorization ?? null,
      token: token === undefined || token === null ? null : String(token),
    })
    const address = this.#options.addressOf(socket.request)
    if (identity.kind === 'bad_token') {
      const problem = problemOf({ code: 'unauthenticated', detail: 'This token is not valid here.' })
      return next(Object.assign(new Error(problem.code), { data: problem }))
    }
    socket.data = { identity, address, budget: new MessageBudget(this.#options.now()), joined: new Map() }
    return next()
  }

  #welcome(socket: AnySocket) {
    const listen = (event: string, handle: (payload: unknown, ack: Ack) => Promise<void> | void) => {
      socket.on(event, (...args: unknown[]) => {
        const last = args.at(-1)
        const ack: Ack = typeof last === 'function' ? (last as Ack) : () => undefined
        switch (socket.data.budget.take(this.#options.now())) {
          case 'cut_off':
            socket.disconnect(true)
            return
          case 'refuse':
            refuse(ack, { code: 'rate_limited', detail: 'Too many messages. Wait a moment.', retryAfterMs: 1_000 })
            return
          case 'ok':
            void Promise.resolve(handle(typeof args[0] === 'function' ? undefined : args[0], ack)).catch((error: unknown) => {
              if ((error as { code?: unknown }).code === 'outcome_unknown') {
                socket.disconnect(true)
                return
              }
              this.#options.logger.warn({ event: 'socket_message_failed', message: event, err: error })
              refuse(ack, {
                code: 'unavailable',
                detail: 'The board cannot be reached right now. Nothing was changed.',
                retryAfterMs: 1_000,
              })
            })
        }
      })
    }
    listen('join', (payload, ack) => this.#join(socket, payload, ack))
    listen('leave', (payload, ack) => this.#leave(socket, payload, ack))
    listen('place', (payload, ack) => this.#place(socket, payload, ack))
    listen('seen', (payload) => {
      const parsed = parse(seenSchema, payload)
      if (parsed.ok) this.#options.onSeen?.(parsed.value.ms)
    })
  }

  // ── what clients ask ──────────────────────────────────────────────────────────────────────────────────────────────────

  async #join(socket: AnySocket, payload: unknown, ack: Ack) {
    const parsed = parse(joinSchema, payload)
    if (!parsed.ok) return refuse(ack, parsed.refusal)
    const { canvas: id, epoch = null, tiles: wanted, format } = parsed.value
    const canvas = await this.#options.canvases.get(id)
    if (!canvas) return refuse(ack, { code: 'canvas_not_found', detail: `There is no canvas "${id}".` })
    const unknown = wanted.find(({ tile }) => !hasTile(canvas, tile))
    if (unknown) return refuse(ack, { code: 'tile_not_found', detail: `The canvas "${id}" has no tile ${unknown.tile}.` })

    const opened = await Promise.all(
      wanted.map(async ({ tile, seq }) => ({ tile, seq, live: await this.#options.liveTiles.open({ canvas: id, tile }, { epoch, seq }) })),
    )
    if (!socket.connected) return
    const joined = socket.data.joined.get(id) ?? { format: new Map<number, FrameFormat>() }
    const total = [...socket.data.joined.values()].reduce((sum, { format: formats }) => sum + formats.size, 0)
    if (total + wanted.length > maxTilesOfSocket) {
      return refuse(ack, { code: 'invalid_request', detail: `A socket may be in ${maxTilesOfSocket} tiles at most: leave some first.` })
    }

    // From here to the end nothing is awaited: no frame can come between catching up and entering the room.
    if (!this.#canvases.has(id)) this.#canvases.set(id, canvas)
    const isNew = !socket.data.joined.has(id)
    socket.data.joined.set(id, joined)
    const answers: { tile: number; head: number; mode: string }[] = []
    const replays: TileFrame[] = []
    let liveEpoch = canvas.epoch
    for (const { tile, seq, live } of opened) {
      if (!live) continue
      liveEpoch = live.epoch
      const catchUp = live.catchUp({ epoch, seq })
      answers.push({ tile, head: live.head, mode: catchUp.mode })
      if (catchUp.mode === 'replay') replays.push(...catchUp.frames)
      const former = joined.format.get(tile)
      if (former && former !== format) void socket.leave(tileRoom(live.ref, former))
      joined.format.set(tile, format)
      void socket.join(tileRoom(live.ref, format))
    }
    void socket.join(canvasRoom(id))
    const painter = painterOf(socket.data.identity)
    if (painter) void socket.join(painterRoom(id, painter.id))
    ack({ ok: true, epoch: liveEpoch, rev: canvas.rev, tiles: answers })
    for (const frame of replays) this.#sendTo(socket, frame, canvas, format)
    if (isNew) socket.emit('presence', id, this.#presence.online(id))
  }

  #leave(socket: AnySocket, payload: unknown, ack: Ack) {
    const parsed = parse(leaveSchema, payload)
    if (!parsed.ok) return refuse(ack, parsed.refusal)
    const { canvas, tiles } = parsed.value
    const joined = socket.data.joined.get(canvas)
    for (const tile of tiles) {
      const format = joined?.format.get(tile)
      if (!format) continue
      void socket.leave(tileRoom({ canvas, tile }, format))
      joined?.format.delete(tile)
    }
    if (joined?.format.size === 0) {
      socket.data.joined.delete(canvas)
      void socket.leave(canvasRoom(canvas))
      const painter = painterOf(socket.data.identity)
      if (painter) void socket.leave(painterRoom(canvas, painter.id))
    }
    ack({ ok: true })
  }

  async #place(socket: AnySocket, payload: unknown, ack: Ack) {
    const painter = painterOf(socket.data.identity)
    if (!painter) return refuse(ack, { code: 'unauthenticated', detail: 'Placing needs a session or a token.' })
    const key = typeof payload === 'object' && payload !== null ? (payload as { key?: unknown }).key : undefined
    const placing = await this.#options.placePixel({ painter, body: payload, key, address: socket.data.address })
    if (placing.kind === 'refused') return refuse(ack, placing.refusal)
    ack({ ok: true, placement: placing.placement })
  }

  // ── what clients are told ─────────────────────────────────────────────────────────────────────────────────────────────

  #send(frame: TileFrame, canvas: Canvas) {
    const packed = tileRoom(frame.ref, 'packed')
    if (this.#isOccupied(packed)) {
      this.#io.to(packed).emit('pixels', frame.ref.canvas, frame.ref.tile, frame.from, frame.to, packFrame(frame))
    }
    const json = tileRoom(frame.ref, 'json')
    if (this.#isOccupied(json)) {
      for (const event of pixelEvents(frame, canvas, guestName)) this.#io.to(json).emit('pixel_placed', event)
    }
  }

  #sendTo(socket: AnySocket, frame: TileFrame, canvas: Canvas, format: FrameFormat) {
    if (format === 'packed') socket.emit('pixels', frame.ref.canvas, frame.ref.tile, frame.from, frame.to, packFrame(frame))
    else for (const event of pixelEvents(frame, canvas, guestName)) socket.emit('pixel_placed', event)
  }

  async #tellHeads() {
    for (const id of [...this.#canvases.keys()]) {
      if (!this.#isOccupied(canvasRoom(id))) {
        this.#canvases.delete(id)
        this.#held.delete(id)
        continue
      }
      await this.#refreshCanvas(id)
      const canvas = this.#canvases.get(id)
      if (canvas) this.#io.to(canvasRoom(id)).emit('heads', id, canvas.epoch, canvas.rev, this.#options.liveTiles.heads(id))
    }
  }

  #tellPresence() {
    for (const { canvas, online } of this.#presence.changes()) this.#io.to(canvasRoom(canvas)).emit('presence', canvas, online)
  }

  #hear(signal: Signal) {
    switch (signal.kind) {
      case 'wake':
        return
      case 'presence':
        this.#presence.hear(signal.gateway, signal.online)
        return
      case 'canvas':
        if ((this.#canvases.get(signal.canvas)?.rev ?? signal.rev) < signal.rev) void this.#refreshCanvas(signal.canvas)
        return
      case 'me':
        void this.#tellMe(signal.canvas, signal.painter)
    }
  }

  /** A painter who paints fast is told once for all that happened meanwhile. */
  async #tellMe(canvasId: CanvasId, painter: PainterId) {
    const room = painterRoom(canvasId, painter)
    if (!this.#isOccupied(room) || this.#meWanted.has(room)) return
    this.#meWanted.set(room, { canvas: canvasId, painter })
    try {
      const canvas = await this.#options.canvases.get(asCanvasId(canvasId))
      this.#meWanted.delete(room)
      if (!canvas) return
      const nowMs = this.#options.now()
      const state = (await this.#options.store.getCharges(painter, canvasId)) ?? newcomerCharges(canvas, nowMs)
      this.#io.to(room).emit('me', {
        canvas: canvasId,
        painter: { id: painter, name: guestName(painter) },
        charges: showCharges(canvas, state, nowMs),
      })
    } catch (error) {
      this.#meWanted.delete(room)
      this.#options.logger.debug({ event: 'me_not_told', err: error })
    }
  }

  async #refreshCanvas(id: CanvasId) {
    try {
      this.#options.canvases.forget(id)
      const canvas = await this.#options.canvases.get(id)
      const before = this.#canvases.get(id)
      if (!canvas || !before) return
      this.#canvases.set(id, canvas)
      if (canvas.rev > before.rev) this.#io.to(canvasRoom(id)).emit('canvas', this.#options.canvases.show(canvas))
      const held = this.#held.get(id)
      this.#held.delete(id)
      for (const frame of held ?? []) this.#send(frame, canvas)
    } catch (error) {
      // What was held is found again by the clients: they fetch the board.
      for (const frame of this.#held.get(id) ?? []) this.resync(frame.ref)
      this.#held.delete(id)
      this.#options.logger.warn({ event: 'canvas_not_read', canvas: id, err: error })
    }
  }

  #isOccupied(room: string) {
    return (this.#io.sockets.adapter.rooms.get(room)?.size ?? 0) > 0
  }

  #every(ms: number, act: () => unknown) {
    this.#timers.push(setInterval(() => void act(), ms))
  }
}

const refuse = (ack: Ack, refusal: Refusal) => ack({ ok: false, problem: problemOf(refusal) })
