/**
 * Who may open a socket, and as whom. A page of a foreign origin must not use a visitor's cookie; a token that is not ours is
 * told so; everybody else may watch.
 */
import type { IncomingMessage } from 'node:http'
import { problemOf } from '../../lib/refusal.ts'
import type { SignInGuard } from '../accounts/sign-in-guard.ts'
import type { Credentials, Identity } from '../http/identity.ts'
import type { Complaints } from '../observability/complaints.ts'
import type { GatewayServer, GatewaySocket } from './gateway-socket.ts'
import { MessageBudget } from './message-budget.ts'

export interface HandshakeOptions {
  readonly identify: (credentials: Credentials) => Identity
  /** Why a socket of this identity may not connect, null when it may. Counts a wrong token. */
  readonly refuseToken: SignInGuard['refuseToken']
  /** Whether a browser page of this origin may use a session cookie. */
  readonly originAllowed: (origin: string | undefined, host: string | undefined) => boolean
  readonly hasSession: (cookie: string | undefined) => boolean
  readonly addressOf: (request: IncomingMessage) => string
  /** `openSocket` answers false when the address has too many. */
  readonly limits: { openSocket(address: string): boolean; closeSocket(address: string): void }
  readonly complaints: Complaints
  readonly now: () => number
}

/** For Socket.IO's `allowRequest`: what is refused here is told to the client. */
export const admit =
  (options: HandshakeOptions) => (request: IncomingMessage, decide: (error: string | null | undefined, ok: boolean) => void) => {
    const { origin, host, cookie } = request.headers
    if (options.hasSession(cookie) && !options.originAllowed(origin, host)) decide('forbidden', false)
    else if (!hasRoom(options.addressOf(request), options)) decide('rate_limited', false)
    else decide(null, true)
  }

/** Looks only: the connection that comes of the request is what counts. */
const hasRoom = (address: string, { limits, complaints }: HandshakeOptions) => {
  const room = limits.openSocket(address)
  if (room) limits.closeSocket(address)
  else complaints.about(address, 'sockets_refused')
  return room
}

/** What an engine's connection has that its types do not tell. */
interface Connection {
  readonly request: IncomingMessage
  close(): void
  once(event: 'close', act: () => void): void
}

/** Bounds the connections of an address, and gives each socket an identity before it is welcomed. */
export const guardHandshakes = (io: GatewayServer, options: HandshakeOptions) => {
  io.engine.on('connection', (connection: Connection) => {
    const address = options.addressOf(connection.request)
    if (!options.limits.openSocket(address)) {
      options.complaints.about(address, 'sockets_refused')
      return connection.close()
    }
    connection.once('close', () => options.limits.closeSocket(address))
  })
  io.use((socket, next) => {
    const identity = identityOf(socket, options)
    const refusal = options.refuseToken({ identity, address: options.addressOf(socket.request), way: 'socket' })
    if (refusal) {
      const problem = problemOf(refusal)
      return next(Object.assign(new Error(problem.code), { data: problem }))
    }
    socket.data = {
      identity,
      address: options.addressOf(socket.request),
      budget: new MessageBudget(options.now()),
      joined: new Map(),
      turn: Promise.resolve(),
      turnsWaiting: 0,
    }
    return next()
  })
}

export const identityOf = ({ handshake: { headers, auth } }: GatewaySocket, { identify }: Pick<HandshakeOptions, 'identify'>): Identity => {
  const token: unknown = auth['token']
  if (token !== undefined && token !== null && typeof token !== 'string') return { kind: 'bad_token' }
  return identify({ cookie: headers.cookie ?? null, authorization: headers.authorization ?? null, token: token ?? null })
}

/**
 * Lets go of the request that opened the connection, and keeps of it what another namespace asks for: with its headers twice, its parser and its streams it
 * would be a good part of what an idle client costs.
 */
export const forgetRequest = (socket: GatewaySocket) => {
  const { headers, url, socket: connection, _query } = socket.request as IncomingMessage & { _query?: unknown }
  const engine = socket.conn as unknown as { request: unknown }
  engine.request = { headers, url, connection, _query }
}
