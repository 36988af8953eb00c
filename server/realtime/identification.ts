/** Identifies the caller of each socket before a namespace accepts it, and records the namespaces of each connection. */
import { problemOf, type Refusal } from '../../lib/refusal.ts'
import type { Caller, Credentials } from '../accounts/caller.ts'
import type { CallerResolver } from '../accounts/resolve-caller.ts'
import type { UnexpectedErrors } from '../observability/unexpected-errors.ts'
import { type Connection, type Connections, isInNamespace } from './connection.ts'
import type { GatewayNamespace, GatewaySocket } from './gateway-socket.ts'

export interface IdentificationOptions {
  readonly callers: CallerResolver
  readonly errors: UnexpectedErrors
  readonly monotonicNow: () => number
}

/** What a namespace requires of a caller. */
export interface Entry {
  /** Callers are resolved as staff, which reads the store. */
  readonly isForStaff?: boolean
  readonly refusalOf?: (caller: Caller) => Refusal | null
}

type Options = IdentificationOptions & Entry & { readonly connections: Connections }

const failed: Refusal = {
  code: 'unavailable',
  detail: 'The server cannot identify you right now. Try again in a moment.',
  retryAfterMs: 1_000,
}

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

/** Null: the socket may enter. Never rejects, because Socket.IO ignores a rejection. */
const enter = async (socket: GatewaySocket, options: Options): Promise<Refusal | null> => {
  try {
    const connection = options.connections.of(socket.conn)
    if (!connection) return failed
    const { address } = connection
    const call = { credentials: credentialsOf(socket), address, way: 'socket' } as const
    const resolved = options.isForStaff ? await options.callers.resolveStaff(call) : options.callers.resolve(call)
    if (!resolved.ok) return resolved.refusal
    const { caller } = resolved
    const refusal = options.refusalOf?.(caller) ?? null
    if (!refusal) socket.data = { caller, address, joined: new Map(), turn: Promise.resolve(), turnsWaiting: 0 }
    return refusal
  } catch (error) {
    options.errors.report('socket_identification', error)
    return failed
  }
}

/** A token that is not a string counts as a bad token, whatever other credentials the socket sends. */
const credentialsOf = ({ handshake: { headers, auth } }: GatewaySocket): Credentials => {
  const token: unknown = auth['token'] ?? null
  if (token !== null && typeof token !== 'string') return { cookie: null, authorization: null, token: '' }
  return { cookie: headers.cookie ?? null, authorization: headers.authorization ?? null, token }
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
