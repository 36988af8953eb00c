/** Gives each socket an identity before it is welcomed, in every namespace, and notes in which namespaces a connection is. */
import { problemOf, type Refusal } from '../../lib/refusal.ts'
import type { Credentials, Identity } from '../accounts/identity.ts'
import type { SignInGuard } from '../accounts/sign-in-guard.ts'
import type { UnexpectedErrors } from '../observability/unexpected-errors.ts'
import { type Connection, type Connections, isInNamespace } from './connection.ts'
import type { GatewayNamespace, GatewaySocket } from './gateway-socket.ts'

export interface IdentificationOptions {
  readonly identify: (credentials: Credentials) => Identity
  /** Why a socket of this identity may not connect, null when it may. Counts a wrong token. */
  readonly refuseToken: SignInGuard['refuseToken']
  readonly errors: UnexpectedErrors
  readonly monotonicNow: () => number
}

/** What a namespace asks for besides. */
export interface Entry {
  /** What must be known before the credentials are read. */
  readonly prepare?: (cookie: string | undefined) => Promise<unknown>
  readonly refusalOf?: (identity: Identity) => Refusal | null
}

type Options = IdentificationOptions & Entry & { readonly connections: Connections }

const failed: Refusal = { code: 'unavailable', detail: 'This cannot be answered right now. Try again in a moment.', retryAfterMs: 1_000 }

export const identifySockets = (namespace: GatewayNamespace, options: Options) => {
  const { connections, errors } = options
  namespace.use(async (socket, next) => {
    const refusal = await enter(socket, options)
    if (!refusal) return next()
    connections.of(socket.conn)?.namespaces.delete(namespace.name)
    next(Object.assign(new Error(refusal.code), { data: problemOf(refusal) }))
  })
  namespace.on(
    'connection',
    errors.guard('socket_welcome', (socket: GatewaySocket) => {
      const connection = connections.of(socket.conn)
      if (connection) noteMembership(socket, connection, options)
    }),
  )
}

/** Null: the socket is let in. Never rejects, because Socket.IO waits for nobody here. */
const enter = async (socket: GatewaySocket, options: Options): Promise<Refusal | null> => {
  try {
    const connection = options.connections.of(socket.conn)
    if (!connection) return failed
    const { address } = connection
    await options.prepare?.(socket.handshake.headers.cookie)
    const identity = identityOf(socket, options)
    const refusal = options.refuseToken({ identity, address, way: 'socket' }) ?? options.refusalOf?.(identity) ?? null
    if (!refusal) socket.data = { identity, address, joined: new Map(), turn: Promise.resolve(), turnsWaiting: 0 }
    return refusal
  } catch (error) {
    options.errors.report('socket_identification', error)
    return failed
  }
}

const identityOf = ({ handshake: { headers, auth } }: GatewaySocket, { identify }: IdentificationOptions): Identity => {
  const token: unknown = auth['token'] ?? null
  if (token !== null && typeof token !== 'string') return { kind: 'bad_token' }
  return identify({ cookie: headers.cookie ?? null, authorization: headers.authorization ?? null, token })
}

const noteMembership = (socket: GatewaySocket, connection: Connection, { errors, monotonicNow }: Options) => {
  const { name } = socket.nsp
  connection.namespaces.set(name, { socket })
  connection.outsideSinceMs = null
  const leave = () => {
    if (connection.namespaces.get(name)?.socket === socket) connection.namespaces.delete(name)
    if (!isInNamespace(connection)) connection.outsideSinceMs ??= monotonicNow()
  }
  socket.once('disconnect', errors.guard('socket_left', leave))
}
