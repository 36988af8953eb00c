/**
 * The gateway: Socket.IO on the server's own port. It lets clients join tiles, sends them the broadcaster's frames, and hears
 * their placements. This file puts its parts together; each has a file of its own.
 *
 * A frame is one text message, encoded once for its room: without compression Socket.IO writes the same WebSocket frame to
 * every member.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { Server } from 'socket.io'
import type { FrameSink, JoinableTiles, TileFrame } from '../broadcasting/port.ts'
import type { Logger } from '../observability/log.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { EventStream, Signal } from '../stream/port.ts'
import { createAddressRates } from './address-rates.ts'
import { type AdminNamespaceOptions, adminNamespace, openAdminNamespace } from './admin-namespace.ts'
import { maxMessageBytes } from './admission.ts'
import { AnnouncedRevisions, type CanvasSource } from './announced-revisions.ts'
import { ChargeNotifier } from './charge-notifier.ts'
import { Connections, type EngineRequest } from './connection.ts'
import { ConnectionBudget } from './connection-budget.ts'
import { checkConnection, cutOffIfSlow } from './connection-checks.ts'
import { closeEndedSessions } from './ended-sessions.ts'
import { sayFarewell } from './farewell.ts'
import { sendToRoom } from './frame-sender.ts'
import { type GatewayServer, type GatewaySocket, isOccupied, painterOf } from './gateway-socket.ts'
import { type EngineServer, guardHandshakes, type HandshakeOptions } from './handshake.ts'
import { identifySockets } from './identification.ts'
import { createJoinHandler, leave } from './join.ts'
import { type Hearing, hearMessages, inTurn, type MessageHandler } from './messages.ts'
import type { OccupiedRooms } from './occupied-rooms.ts'
import { createPlaceHandler, type PlacePixel } from './place.ts'
import { Presence } from './presence.ts'
import { canvasRoom, painterRoom, tileRoom } from './rooms.ts'
import { parse, seenSchema } from './schemas.ts'
import { SeenReports } from './seen-reports.ts'
import { countingWebSocketServer } from './web-sockets.ts'

export interface GatewayOptions extends HandshakeOptions, AdminNamespaceOptions {
  readonly httpServer: HttpServer
  readonly gateway: string
  readonly liveTiles: JoinableTiles
  /** Tells the tiles in memory which of them have sockets. */
  readonly occupied: OccupiedRooms
  readonly store: Store
  readonly stream: EventStream
  readonly canvases: CanvasSource
  readonly placePixel: PlacePixel
  /** The time by which charges grow. */
  readonly chargesNow: () => number
  readonly isAdminSessionOpen: (session: string) => boolean
  /** Whether what one address does is bounded. */
  readonly rateLimits: boolean
  readonly logger: Logger
  readonly now: () => number
  readonly onSeen?: (ms: number) => void
  readonly onSlowClient?: () => void
}

const headsEveryMs = 10_000
const presenceEveryMs = 2_000
const checkEveryMs = 1_000
const sessionCheckEveryMs = 500

export class Gateway implements FrameSink {
  readonly #options: GatewayOptions
  readonly #io: GatewayServer
  readonly #engine: EngineServer
  readonly #connections: Connections
  /** By the request that opens a WebSocket. */
  readonly #budgets = new WeakMap<object, ConnectionBudget>()
  readonly #presence: Presence
  readonly #told: AnnouncedRevisions
  readonly #charges: ChargeNotifier
  readonly #hearing: Hearing
  readonly #timers: NodeJS.Timeout[]
  readonly #stopListening: () => void
  readonly #closeAdmin: () => void

  constructor(options: GatewayOptions) {
    this.#options = options
    const { canvases, stream, logger, errors, monotonicNow } = options
    this.#connections = new Connections(monotonicNow)
    const io: GatewayServer = new Server(options.httpServer, {
      path: '/socket.io',
      serveClient: false,
      transports: ['websocket', 'polling'],
      perMessageDeflate: false,
      httpCompression: false,
      maxHttpBufferSize: maxMessageBytes,
      // Costs a few bytes per client; a connection that died without a word is noticed within fifteen seconds.
      pingInterval: 10_000,
      pingTimeout: 5_000,
      cors: { origin: '*' },
      wsEngine: countingWebSocketServer((request) => this.#budgetOf(request)),
    })
    this.#io = io
    options.occupied.attach(io)
    this.#engine = io.engine as unknown as EngineServer
    this.#told = new AnnouncedRevisions({
      io,
      canvases,
      send: (frame, canvas) => sendToRoom(io, frame, canvas),
      resync: (ref) => this.resync(ref),
      logger,
    })
    this.#charges = new ChargeNotifier({ io, ...options })
    this.#presence = new Presence({
      gateway: options.gateway,
      stream,
      now: monotonicNow,
      joinedHere: (canvas) => io.sockets.adapter.rooms.get(canvasRoom(canvas))?.size ?? 0,
      canvasesHere: () => this.#told.ids(),
    })
    const rates = createAddressRates({ enabled: options.rateLimits, now: monotonicNow })
    const seen = new SeenReports({ ...options, mayReport: rates.seen })
    const handlers: Record<string, MessageHandler> = {
      join: inTurn(
        createJoinHandler({
          ...options,
          told: this.#told,
          onNewcomer: (canvas) => this.#presence.welcome(canvas),
          cutOffIfSlow: (socket) => this.#cutOffIfSlow(socket),
        }),
      ),
      leave: inTurn(leave),
      place: createPlaceHandler(options.placePixel),
      seen: (socket, payload) => {
        const parsed = parse(seenSchema, payload)
        const ms = parsed.ok ? seen.accept(socket, parsed.value) : null
        if (ms !== null) options.onSeen?.(ms)
      },
    }
    this.#hearing = { ...options, handlers }
    const parts = {
      connections: this.#connections,
      rates,
      namespaces: new Set(['/', adminNamespace]),
      budgets: this.#budgets,
    }
    guardHandshakes(this.#engine, options, parts)
    identifySockets(io.sockets, { ...options, ...parts })
    this.#closeAdmin = openAdminNamespace(io, { ...options, ...parts })
    const welcome = errors.guard('socket_welcome', (socket: GatewaySocket) => this.#welcome(socket))
    io.on('connection', welcome)
    this.#stopListening = stream.onSignal(errors.guard('gateway_signal', (signal) => this.#hear(signal)))
    const every = (ms: number, where: string, act: () => unknown) => setInterval(errors.guard(where, act), ms)
    this.#timers = [
      every(headsEveryMs, 'gateway_heads', () => this.tellHeads()),
      every(presenceEveryMs, 'gateway_presence', () => this.#tellPresence()),
      every(checkEveryMs, 'gateway_checks', () => this.checkConnections()),
      every(sessionCheckEveryMs, 'gateway_sessions', () => closeEndedSessions(io, options.isAdminSessionOpen)),
    ]
  }

  frame(frame: TileFrame) {
    this.#told.frame(frame)
  }

  resync({ canvas, tile }: TileRef) {
    this.#told.dropHeld({ canvas, tile })
    const rooms = [tileRoom({ canvas, tile }, 'packed'), tileRoom({ canvas, tile }, 'json')]
    this.#io.to(rooms).emit('resync', canvas, tile)
  }

  watched(ref: TileRef) {
    return this.#options.occupied.has(ref)
  }

  sockets() {
    return this.#io.engine.clientsCount
  }

  /** Of them, those that joined a canvas. */
  joined() {
    return this.#told.ids().reduce((sum, id) => sum + (this.#io.sockets.adapter.rooms.get(canvasRoom(id))?.size ?? 0), 0)
  }

  /** Ends the connections that do not read, or that say nothing. */
  checkConnections() {
    for (const engine of Object.values(this.#engine.clients)) {
      const connection = this.#connections.of(engine)
      if (connection) checkConnection(connection, this.#options)
    }
  }

  /** Tells every room where its tiles stand, so that a client finds a frame that it lost. Also finds a changed canvas. Never rejects. */
  async tellHeads() {
    for (const id of this.#told.ids()) {
      if (!isOccupied(this.#io, canvasRoom(id))) {
        this.#told.forget(id)
        continue
      }
      await this.#told.refresh(id)
      const canvas = this.#told.get(id)
      if (canvas) this.#io.to(canvasRoom(id)).emit('heads', id, canvas.epoch, canvas.rev, this.#options.liveTiles.heads(id))
    }
  }

  /** Lets the clients go, so that they look for another connection (A7). */
  async close() {
    this.#stopListening()
    this.#closeAdmin()
    for (const timer of this.#timers) clearInterval(timer)
    this.#presence.leave()
    await sayFarewell(this.#io)
  }

  #welcome(socket: GatewaySocket) {
    const painter = painterOf(socket.data)
    if (painter) void socket.join(painterRoom(painter.id))
    hearMessages(socket, this.#hearing)
  }

  #cutOffIfSlow({ conn }: GatewaySocket) {
    const connection = this.#connections.of(conn)
    return connection !== undefined && cutOffIfSlow(connection, this.#options)
  }

  /** A WebSocket that may take over from polling shares the budget of its connection. */
  #budgetOf(request: IncomingMessage) {
    const { sid } = (request as EngineRequest)._query
    const known = sid === undefined ? undefined : this.#connections.of(this.#engine.clients[sid])?.budget
    const budget = known ?? new ConnectionBudget(this.#options.monotonicNow)
    this.#budgets.set(request, budget)
    return budget
  }

  #tellPresence() {
    for (const { canvas, online } of this.#presence.changes()) this.#io.to(canvasRoom(canvas)).emit('presence', canvas, online)
  }

  #hear(signal: Signal) {
    switch (signal.kind) {
      case 'sessions':
      case 'wake':
        return
      case 'presence':
        return this.#presence.hear(signal.gateway, signal.online)
      case 'canvas':
        if ((this.#told.get(signal.canvas)?.rev ?? signal.rev) < signal.rev) void this.#told.refresh(signal.canvas)
        return
      case 'me':
        void this.#charges.tell(signal.canvas, signal.painter)
    }
  }
}
