/**
 * The gateway: Socket.IO on the server's own port. Clients join tiles, receive the broadcaster's frames and place pixels. This file
 * composes the parts of this folder.
 */

import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { Server } from 'socket.io'
import type { CanvasId } from '../../lib/brand.ts'
import { controlTile } from '../../lib/control-log.ts'
import type { ProblemCode } from '../../lib/refusal.ts'
import { painterOf } from '../accounts/caller.ts'
import type { CallerResolver } from '../accounts/resolve-caller.ts'
import type { FrameSink, JoinableTiles, TileFrame } from '../broadcasting/port.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../observability/log.ts'
import type { ThrottledWarnings } from '../observability/throttled-warnings.ts'
import type { UnexpectedErrors } from '../observability/unexpected-errors.ts'
import { parse } from '../parse.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { EventStream, Signal } from '../stream/port.ts'
import { type AddressRates, createAddressRates } from './address-rates.ts'
import { type AdminNamespaceOptions, closeEndedSessions, openAdminNamespace } from './admin-namespace.ts'
import { maxMessageBytes } from './admission.ts'
import { AnnouncedRevisions, type CanvasSource } from './announced-revisions.ts'
import { ChargeNotifier } from './charge-notifier.ts'
import { Connections, closeConnections, type EngineRequest, type EngineServer } from './connection.ts'
import { ConnectionBudget } from './connection-budget.ts'
import { checkConnection, cutOffIfSlow } from './connection-checks.ts'
import { sendLast } from './deleted-board.ts'
import { sendToRoom } from './frame-sender.ts'
import { canvasRoom, type GatewayServer, type GatewaySocket, isOccupied, painterRoom, socketsIn, tileRoom } from './gateway-socket.ts'
import { guardHandshakes, type HandshakeAccess } from './handshake.ts'
import { identifySockets } from './identification.ts'
import { createJoinHandler, leave } from './join.ts'
import { handleMessages, inTurn, type MessageHandler, type MessageOptions } from './messages.ts'
import type { OccupiedRooms } from './occupied-rooms.ts'
import { createPlaceHandler, type PlacePixel } from './place.ts'
import { Presence } from './presence.ts'
import { seenSchema } from './schemas.ts'
import { SeenReports } from './seen-reports.ts'
import { countingWebSocketServer } from './web-sockets.ts'

export interface GatewayOptions {
  readonly httpServer: HttpServer
  /** The id of this process. */
  readonly gateway: string
  readonly boards: GatewayBoards
  readonly access: GatewayAccess
  readonly placePixel: PlacePixel
  readonly overview: AdminNamespaceOptions['overview']
  readonly clocks: GatewayClocks
  readonly reports: GatewayReports
}

export interface GatewayBoards {
  readonly store: Store
  readonly stream: EventStream
  readonly canvases: CanvasSource
  readonly liveTiles: JoinableTiles
  readonly occupied: OccupiedRooms
}

export interface GatewayAccess extends HandshakeAccess {
  readonly callers: CallerResolver
  readonly isAdminSessionOpen: (session: string) => boolean
  /** Whether the messages of an address are bounded. */
  readonly rateLimits: boolean
}

export interface GatewayClocks extends Clock {
  /** The time by which charges grow. */
  readonly chargesNow: () => number
}

export interface GatewayReports {
  readonly logger: Logger
  readonly errors: UnexpectedErrors
  readonly throttledWarnings: ThrottledWarnings
  readonly onSeen?: (ms: number) => void
  readonly onSlowClient?: () => void
  readonly onRefused?: (code: ProblemCode) => void
}

/** Each part of this folder takes a few of these options. */
const flatten = ({ boards, access, clocks, reports, ...rest }: GatewayOptions) => ({
  ...rest,
  ...boards,
  access,
  ...access,
  ...clocks,
  ...reports,
})
type FlatOptions = ReturnType<typeof flatten>

const headsEveryMs = 10_000
const presenceEveryMs = 2_000
const checkEveryMs = 1_000
const sessionCheckEveryMs = 500

export class Gateway implements FrameSink {
  readonly #options: FlatOptions
  readonly #io: GatewayServer
  readonly #engine: EngineServer
  readonly #connections: Connections
  /** By the request that opens a WebSocket. */
  readonly #budgets = new WeakMap<object, ConnectionBudget>()
  readonly #presence: Presence
  readonly #announced: AnnouncedRevisions
  readonly #charges: ChargeNotifier
  readonly #messages: MessageOptions
  readonly #timers: readonly NodeJS.Timeout[]
  readonly #stopListening: () => void
  readonly #closeAdmin: () => void

  constructor(grouped: GatewayOptions) {
    const options = flatten(grouped)
    this.#options = options
    const { canvases, stream, logger, errors, monotonicNow } = options
    this.#connections = new Connections(monotonicNow)
    const io: GatewayServer = new Server(options.httpServer, {
      ...serverSettings,
      wsEngine: countingWebSocketServer((request) => this.#budgetOf(request)),
    })
    this.#io = io
    options.occupied.attach(io)
    this.#engine = io.engine as unknown as EngineServer
    this.#announced = new AnnouncedRevisions({
      io,
      canvases,
      send: (frame, canvas) => sendToRoom(io, frame, canvas),
      resync: (ref) => this.resync(ref),
      onChargesChanged: (id) => void this.#charges.notifyAll(id),
      logger,
    })
    this.#charges = new ChargeNotifier({ io, ...options })
    this.#presence = new Presence({
      gateway: options.gateway,
      stream,
      now: monotonicNow,
      joinedHere: (canvas) => socketsIn(io, canvasRoom(canvas)),
      canvasesHere: () => this.#announced.ids(),
    })
    const rates = createAddressRates({ enabled: options.rateLimits, now: monotonicNow })
    this.#messages = { ...options, handlers: this.#handlers(rates) }
    const connections = this.#connections
    guardHandshakes({ ...options, server: this.#engine, connections, rates, budgets: this.#budgets })
    identifySockets(io.sockets, { ...options, connections })
    this.#closeAdmin = openAdminNamespace(io, { ...options, connections })
    io.on(
      'connection',
      errors.guard('socket_welcome', (socket: GatewaySocket) => this.#onConnection(socket)),
    )
    this.#stopListening = stream.onSignal(errors.guard('gateway_signal', (signal) => this.#onSignal(signal)))
    this.#timers = this.#startTimers()
  }

  frame(frame: TileFrame) {
    this.#announced.frame(frame)
  }

  resync({ canvas, tile }: TileRef) {
    if (tile === controlTile) return void this.#announced.refresh(canvas)
    this.#announced.dropHeld({ canvas, tile })
    const rooms = [tileRoom({ canvas, tile }, 'packed'), tileRoom({ canvas, tile }, 'json')]
    this.#io.to(rooms).emit('resync', canvas, tile)
  }

  gone(canvas: CanvasId) {
    this.#options.canvases.forget(canvas)
    const last = this.#announced.get(canvas)
    if (last) sendLast(this.#io, { ...last, rev: last.rev + 1, state: 'closed', erasing: 'delete' }, this.#options.canvases.show)
    this.#announced.forget(canvas)
  }

  sockets() {
    return this.#io.engine.clientsCount
  }

  /** The sockets that have joined a canvas. */
  joined() {
    return this.#announced.ids().reduce((sum, id) => sum + socketsIn(this.#io, canvasRoom(id)), 0)
  }

  /** The sockets that have joined this canvas, over all gateways. */
  online(canvas: CanvasId) {
    return this.#presence.online(canvas)
  }

  /** Closes the connections that do not read, or that join no namespace. */
  checkConnections() {
    for (const engine of Object.values(this.#engine.clients)) {
      const connection = this.#connections.of(engine)
      if (connection) checkConnection(connection, this.#options)
    }
  }

  /** Sends each room the heads of its tiles, which show a client that it lost a frame. Announces changed canvases. Never rejects. */
  async sendHeads() {
    const { liveTiles } = this.#options
    for (const id of this.#announced.ids()) {
      if (!isOccupied(this.#io, canvasRoom(id))) {
        this.#announced.forget(id)
        continue
      }
      await this.#announced.refresh(id)
      const canvas = this.#announced.get(id)
      if (canvas) this.#io.to(canvasRoom(id)).emit('heads', id, canvas.epoch, canvas.rev, liveTiles.heads(id), liveTiles.controlHead(id))
    }
  }

  /** Closes all connections; the clients connect to another process (A7). */
  async close() {
    this.#stopListening()
    this.#closeAdmin()
    for (const timer of this.#timers) clearInterval(timer)
    this.#presence.leave()
    await closeConnections(this.#engine)
  }

  #handlers(rates: AddressRates): Record<string, MessageHandler> {
    const options = this.#options
    const seen = new SeenReports({ ...options, mayReport: rates.seen })
    const join = createJoinHandler({
      ...options,
      announced: this.#announced,
      onFirstJoin: (canvas) => this.#presence.resend(canvas),
      cutOffIfSlow: (socket) => this.#cutOffIfSlow(socket),
    })
    return {
      join: inTurn(join),
      leave: inTurn(leave),
      place: createPlaceHandler(options.placePixel),
      seen: (socket, payload) => {
        const parsed = parse(seenSchema, payload)
        const ms = parsed.ok ? seen.accept(socket, parsed.value) : null
        if (ms !== null) options.onSeen?.(ms)
      },
    }
  }

  #startTimers() {
    const { errors, isAdminSessionOpen } = this.#options
    const every = (ms: number, where: string, act: () => unknown) => setInterval(errors.guard(where, act), ms)
    return [
      every(headsEveryMs, 'gateway_heads', () => this.sendHeads()),
      every(presenceEveryMs, 'gateway_presence', () => this.#sendPresence()),
      every(checkEveryMs, 'gateway_checks', () => this.checkConnections()),
      every(checkEveryMs, 'gateway_held_frames', () => this.#announced.retryHeld()),
      every(sessionCheckEveryMs, 'gateway_sessions', () => closeEndedSessions(this.#io, isAdminSessionOpen)),
    ]
  }

  #onConnection(socket: GatewaySocket) {
    const painter = painterOf(socket.data.caller)
    if (painter) void socket.join(painterRoom(painter.id))
    handleMessages(socket, this.#messages)
  }

  #cutOffIfSlow({ conn }: GatewaySocket) {
    const connection = this.#connections.of(conn)
    return connection !== undefined && cutOffIfSlow(connection, this.#options)
  }

  /** A WebSocket that upgrades a polling connection shares its budget. */
  #budgetOf(request: IncomingMessage) {
    const { sid } = (request as EngineRequest)._query
    const known = sid === undefined ? undefined : this.#connections.of(this.#engine.clients[sid])?.budget
    const budget = known ?? new ConnectionBudget(this.#options.monotonicNow)
    this.#budgets.set(request, budget)
    return budget
  }

  #sendPresence() {
    for (const { canvas, online } of this.#presence.changes()) this.#io.to(canvasRoom(canvas)).emit('presence', canvas, online)
  }

  #onSignal(signal: Signal) {
    switch (signal.kind) {
      case 'presence':
        return this.#presence.receive(signal.gateway, signal.online)
      case 'me':
        void this.#charges.notify(signal.canvas, signal.painter)
    }
  }
}

const serverSettings = {
  path: '/socket.io',
  serveClient: false,
  transports: ['websocket' as const, 'polling' as const],
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: maxMessageBytes,
  // Detects a lost client within fifteen seconds, at a few bytes each.
  pingInterval: 10_000,
  pingTimeout: 5_000,
  cors: { origin: '*' },
}
