/**
 * Opens Engine.IO's connections: checks who may open one, and applies the budgets. Every callback of the libraries is guarded, so an
 * exception in one ends a connection and not the process.
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Refusal } from '../../lib/refusal.ts'
import { problemAnswer } from '../http/problem.ts'
import { endRaw } from '../http/raw-answer.ts'
import type { ThrottledWarnings } from '../observability/throttled-warnings.ts'
import type { UnexpectedErrors } from '../observability/unexpected-errors.ts'
import { named } from '../request-id.ts'
import type { AddressRates } from './address-rates.ts'
import { type AdmissionOptions, bodyBytes, mayUseSession, refusalOf } from './admission.ts'
import {
  type Connection,
  type Connections,
  cutOff,
  type Engine,
  type EngineRequest,
  type EngineServer,
  slimRequest,
  terminate,
} from './connection.ts'
import { ConnectionBudget } from './connection-budget.ts'
import { createGate, tooManyMessages } from './packet-gate.ts'
import { closeTimeoutMs } from './web-sockets.ts'

export interface HandshakeAccess extends AdmissionOptions {
  readonly addressOf: (request: IncomingMessage) => string
  /** `openSocket` returns false when the address has too many. */
  readonly limits: { openSocket(address: string): boolean; closeSocket(address: string): void }
}

export interface HandshakeOptions {
  readonly server: EngineServer
  readonly access: HandshakeAccess
  readonly connections: Connections
  readonly rates: AddressRates
  /** By the request that opens a WebSocket. Its bytes count before Engine.IO has a connection. */
  readonly budgets: WeakMap<object, ConnectionBudget>
  readonly throttledWarnings: ThrottledWarnings
  readonly errors: UnexpectedErrors
  readonly monotonicNow: () => number
}

/** An upgrade of the transport costs more than a message. */
const messagesPerUpgrade = 10
/** A poll is answered within ten seconds, with a ping if nothing else. A client that reads nothing of the answer is disconnected. */
const unreadPollMs = 30_000

/** Of a log line. */
const maxOrigin = 200

const tooManyConnections: Refusal = {
  code: 'rate_limited',
  detail: 'Too many connections from this address. Wait a moment.',
  retryAfterMs: 1_000,
}

export const guardHandshakes = (options: HandshakeOptions) => {
  const { server, errors } = options
  const { handleRequest, handleUpgrade } = server
  server.handleRequest = errors.guard('socket_request', handleRequest.bind(server), (request) => request.socket.destroy())
  server.handleUpgrade = errors.guard('socket_upgrade', handleUpgrade.bind(server), (_request, socket) => socket.destroy())
  const admit: Parameters<EngineServer['use']>[0] = (request, response, next) => {
    // For an upgrade, Engine.IO's middlewares get a stand-in without a status.
    const isUpgrade = !('statusCode' in response)
    const refusal = refusalOf(request, { ...options.access, isUpgrade }) ?? limit(request, options, isUpgrade)
    if (refusal) return answerRefusal(request, isUpgrade ? null : response, noteForeign(request, refusal, options))
    if (!mayUseSession(request, options.access)) delete request.headers.cookie
    if (!isUpgrade && request.method === 'GET') notePoll(request, response, options)
    next()
  }
  server.use(errors.guard('socket_admission', admit, (request) => request.socket.destroy()))
  const open = errors.guard(
    'socket_connection',
    (engine: Engine) => openConnection(engine, options),
    (engine) => engine.close(true),
  )
  server.on('connection', open)
}

/** `response` is null for an upgrade. */
const answerRefusal = ({ socket }: EngineRequest, response: ServerResponse | null, refusal: Refusal) => {
  const { status, headers, body } = problemAnswer(refusal, refusal.code === 'method_not_allowed' ? { allow: 'GET, POST' } : {})
  if (response) response.writeHead(status, { ...headers, connection: 'close' }).end(body)
  else endRaw(socket, { status: `${status} ${STATUS_CODES[status]}`, headers, body: String(body) })
}

/** Logs a refused origin. */
const noteForeign = (request: EngineRequest, refusal: Refusal, { access, throttledWarnings }: HandshakeOptions): Refusal => {
  if (refusal.code !== 'forbidden') return refusal
  const refused = named(refusal)
  const origin = String(request.headers.origin ?? 'none').slice(0, maxOrigin)
  throttledWarnings.warn(access.addressOf(request), 'origin_refused', { origin, requestId: refused.requestId })
  return refused
}

const limit = (request: EngineRequest, options: HandshakeOptions, isUpgrade: boolean): Refusal | null => {
  const { sid } = request._query
  if (!sid) return limitHandshake(request, options)
  const connection = connectionOf(sid, options)
  if (!connection) return null
  const { budget } = connection
  if (isUpgrade) for (let i = 1; i < messagesPerUpgrade; i++) budget.takeMessage()
  const isMessage = request.method === 'POST'
  if (!isUpgrade && !isMessage) return null
  const isFine = budget.takeMessage() !== 'cut_off' && (!isMessage || budget.takeBytes(bodyBytes(request)))
  return isFine ? null : tooManyMessages
}

const connectionOf = (sid: string, { server, connections }: HandshakeOptions) =>
  Object.hasOwn(server.clients, sid) ? connections.of(server.clients[sid]) : undefined

/** Counts nothing, because the connection that follows is counted. Closes the oldest connection without a namespace if room is needed. */
const limitHandshake = (request: EngineRequest, { access, throttledWarnings, rates, connections }: HandshakeOptions) => {
  const address = access.addressOf(request)
  const { limits } = access
  const hasRoom = () => {
    if (limits.openSocket(address)) return true
    const outside = connections.oldestOutside(address)
    if (!outside) return false
    terminate(outside)
    return limits.openSocket(address)
  }
  if (rates.handshake(address) && hasRoom()) {
    limits.closeSocket(address)
    return null
  }
  const refused = named(tooManyConnections)
  throttledWarnings.warn(address, 'sockets_refused', { requestId: refused.requestId })
  return refused
}

/** An unread answer stays in memory even after the client polls on another connection, so it counts as unread data. */
const notePoll = ({ _query: { sid } }: EngineRequest, response: ServerResponse, options: HandshakeOptions) => {
  response.setTimeout(unreadPollMs, () => response.socket?.destroy())
  const connection = sid ? connectionOf(sid, options) : undefined
  if (!connection) return
  connection.polls.add(response)
  response.once('close', () => connection.polls.delete(response))
}

const openConnection = (engine: Engine, options: HandshakeOptions) => {
  const { access, throttledWarnings, budgets, connections, errors, monotonicNow } = options
  const address = access.addressOf(engine.request)
  if (!access.limits.openSocket(address)) {
    throttledWarnings.warn(address, 'sockets_refused')
    return engine.close(true)
  }
  engine.once('close', () => access.limits.closeSocket(address))
  const budget = budgets.get(engine.request) ?? new ConnectionBudget(monotonicNow)
  const connection = connections.add({ engine, address, budget })
  engine.request = slimRequest(engine.request)
  if (engine.transport.name === 'polling') engine.transport.closeTimeout = closeTimeoutMs
  budget.onCutOff = errors.guard('socket_cut_off', () => {
    throttledWarnings.warn(address, 'message_flood_cut_off')
    cutOff(connection)
  })
  if (budget.verdict === 'cut_off') return engine.close(true)
  gatePackets(connection, options)
}

/** Puts the gate before Socket.IO's listener. WebSocket frames are counted before this (`web-sockets.ts`). */
const gatePackets = (connection: Connection, { errors, rates }: HandshakeOptions) => {
  const { engine, budget } = connection
  const close = () => engine.close(true)
  const [listener] = engine.listeners('data')
  const deliver = errors.guard('socket_io', (packet: unknown) => listener?.(packet), close)
  const count = () => engine.transport.name === 'polling' && budget.takeMessage()
  engine.on('packet', errors.guard('socket_packet', count, close))
  engine.removeAllListeners('data')
  engine.on('data', errors.guard('socket_packet', createGate(connection, deliver, rates.connect), close))
}
