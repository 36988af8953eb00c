/**
 * Opens Engine.IO's connections: who may open one, and what is noted of it. Every callback of the libraries is guarded, so that nothing that a client sends
 * ends the process.
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Refusal } from '../../lib/refusal.ts'
import { problemAnswer } from '../http/problem.ts'
import type { ThrottledWarnings } from '../observability/throttled-warnings.ts'
import type { UnexpectedErrors } from '../observability/unexpected-errors.ts'
import type { AddressRates } from './address-rates.ts'
import { type AdmissionOptions, bodyBytes, mayUseSession, refusalOf } from './admission.ts'
import { type Connections, cutOff, type Engine, type EngineRequest, slimRequest, terminate } from './connection.ts'
import { ConnectionBudget } from './connection-budget.ts'
import { createGate } from './packet-gate.ts'
import { answerUpgrade, closeTimeoutMs } from './web-sockets.ts'

export interface HandshakeOptions extends AdmissionOptions {
  readonly addressOf: (request: IncomingMessage) => string
  /** `openSocket` answers false when the address has too many. */
  readonly limits: { openSocket(address: string): boolean; closeSocket(address: string): void }
  readonly throttledWarnings: ThrottledWarnings
  readonly errors: UnexpectedErrors
  readonly monotonicNow: () => number
}

/** What an Engine.IO server has that Socket.IO's types do not tell. */
export interface EngineServer {
  readonly clients: Readonly<Record<string, Engine>>
  use(middleware: (request: EngineRequest, response: ServerResponse, next: () => void) => void): void
  on(event: 'connection', act: (engine: Engine) => void): void
  handleRequest(request: IncomingMessage, response: ServerResponse): void
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** An upgrade of a connection's transport costs more than a message. */
const messagesPerUpgrade = 10
/** A poll is answered within ten seconds, with a ping at the latest. A client that does not take the answer is let go of. */
const unreadPollMs = 30_000

const tooManyConnections: Refusal = {
  code: 'rate_limited',
  detail: 'Too many connections from this address. Wait a moment.',
  retryAfterMs: 1_000,
}
const tooManyMessages: Refusal = {
  code: 'rate_limited',
  detail: 'Too many messages on this connection. Wait a moment.',
  retryAfterMs: 1_000,
}

export interface HandshakeParts {
  readonly connections: Connections
  readonly rates: AddressRates
  readonly namespaces: ReadonlySet<string>
  /** Of connections that open as a WebSocket: counted from their first byte on, before Engine.IO has them. */
  readonly budgets: WeakMap<object, ConnectionBudget>
}

export const guardHandshakes = (server: EngineServer, options: HandshakeOptions, parts: HandshakeParts) => {
  const { errors } = options
  const { handleRequest, handleUpgrade } = server
  server.handleRequest = errors.guard('socket_request', handleRequest.bind(server), (request) => request.socket.destroy())
  server.handleUpgrade = errors.guard('socket_upgrade', handleUpgrade.bind(server), (_request, socket) => socket.destroy())
  server.use(
    errors.guard(
      'socket_admission',
      (request, response, next) => {
        const isUpgrade = !isHttpAnswer(response)
        const refusal = refusalOf(request, { ...options, isUpgrade }) ?? bound(server, request, { options, parts, isUpgrade })
        if (!refusal) {
          if (!mayUseSession(request, options)) delete request.headers.cookie
          if (!isUpgrade && request.method === 'GET') notePoll(server, request, response, parts)
          return next()
        }
        const { status, headers, body } = problemAnswer(refusal, refusal.code === 'method_not_allowed' ? { allow: 'GET, POST' } : {})
        if (isUpgrade) answerUpgrade(request.socket, { status: `${status} ${STATUS_CODES[status]}`, headers, body: String(body) })
        else response.writeHead(status, { ...headers, connection: 'close' }).end(body)
      },
      (request) => request.socket.destroy(),
    ),
  )
  server.on(
    'connection',
    errors.guard(
      'socket_connection',
      (engine) => open(engine, options, parts),
      (engine) => engine.close(true),
    ),
  )
}

/** Engine.IO's middlewares get a stand-in for the answer when the request is an upgrade. */
const isHttpAnswer = (response: ServerResponse) => 'statusCode' in response

const bound = (
  server: EngineServer,
  request: EngineRequest,
  { options, parts, isUpgrade }: { options: HandshakeOptions; parts: HandshakeParts; isUpgrade: boolean },
): Refusal | null => {
  const { sid } = request._query
  if (!sid) return boundHandshake(request, options, parts)
  const connection = Object.hasOwn(server.clients, sid) ? parts.connections.of(server.clients[sid]) : undefined
  if (!connection) return null
  const { budget } = connection
  if (isUpgrade) for (let i = 1; i < messagesPerUpgrade; i++) budget.takeMessage()
  const isMessage = request.method === 'POST'
  if (!isUpgrade && !isMessage) return null
  const isFine = budget.takeMessage() !== 'cut_off' && (!isMessage || budget.takeBytes(bodyBytes(request)))
  return isFine ? null : tooManyMessages
}

/** Looks only: the connection that comes of the request is what counts. The oldest that has not said what it wants makes room. */
const boundHandshake = (request: EngineRequest, { addressOf, limits, throttledWarnings }: HandshakeOptions, parts: HandshakeParts) => {
  const address = addressOf(request)
  const refuse = () => {
    throttledWarnings.warn(address, 'sockets_refused')
    return tooManyConnections
  }
  if (!parts.rates.handshake(address)) return refuse()
  if (!limits.openSocket(address)) {
    const outside = parts.connections.oldestOutside(address)
    if (!outside) return refuse()
    terminate(outside)
    if (!limits.openSocket(address)) return refuse()
  }
  limits.closeSocket(address)
  return null
}

/** An answer that is not read stays in memory, also when the client has asked again on another connection: it counts as unread data. */
const notePoll = (server: EngineServer, { _query: { sid } }: EngineRequest, response: ServerResponse, { connections }: HandshakeParts) => {
  response.setTimeout(unreadPollMs, () => response.socket?.destroy())
  const connection = sid ? connections.of(server.clients[sid]) : undefined
  if (!connection) return
  connection.polls.add(response)
  response.once('close', () => connection.polls.delete(response))
}

const open = (engine: Engine, options: HandshakeOptions, parts: HandshakeParts) => {
  const address = options.addressOf(engine.request)
  if (!options.limits.openSocket(address)) {
    options.throttledWarnings.warn(address, 'sockets_refused')
    return engine.close(true)
  }
  engine.once('close', () => options.limits.closeSocket(address))
  const budget = parts.budgets.get(engine.request) ?? new ConnectionBudget(options.monotonicNow)
  const connection = parts.connections.add({ engine, address, budget })
  engine.request = slimRequest(engine.request)
  if (engine.transport.name === 'polling') engine.transport.closeTimeout = closeTimeoutMs
  budget.onCutOff = options.errors.guard('socket_cut_off', () => {
    options.throttledWarnings.warn(address, 'message_flood_cut_off')
    cutOff(connection)
  })
  if (budget.verdict === 'cut_off') return engine.close(true)
  gate(engine, { connection, options, parts })
}

/** What Socket.IO's listener gets goes through the gate. Over WebSocket each frame was counted already. */
const gate = (
  engine: Engine,
  { connection, options, parts }: { connection: ReturnType<Connections['add']>; options: HandshakeOptions; parts: HandshakeParts },
) => {
  const { errors } = options
  const close = () => engine.close(true)
  const [listener] = engine.listeners('data')
  const deliver = errors.guard('socket_io', (packet: unknown) => listener?.(packet), close)
  const accept = createGate(connection, deliver, { namespaces: parts.namespaces, mayConnect: parts.rates.connect })
  engine.on(
    'packet',
    errors.guard('socket_packet', () => engine.transport.name === 'polling' && connection.budget.takeMessage(), close),
  )
  engine.removeAllListeners('data')
  engine.on('data', errors.guard('socket_packet', accept, close))
}
