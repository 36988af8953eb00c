/** The namespace `/admin`: the overview without its history, each second, to admins; nothing is read while nobody looks. */
import type { IncomingMessage } from 'node:http'
import type { Overview } from '../../lib/overview.ts'
import { problemOf, type Refusal } from '../../lib/refusal.ts'
import type { SignInGuard } from '../accounts/sign-in-guard.ts'
import type { Credentials, Identity } from '../http/identity.ts'
import type { GatewayServer, GatewaySocket } from './gateway-socket.ts'
import { identityOf } from './handshake.ts'

const everyMs = 1_000

export interface AdminNamespaceOptions {
  readonly identify: (credentials: Credentials) => Identity
  /** Looks into the store whether the operator's session that a cookie names is open. */
  readonly checkAdminSession: (cookie: string | undefined) => Promise<unknown>
  readonly refuseToken: SignInGuard['refuseToken']
  readonly addressOf: (request: IncomingMessage) => string
  readonly overview: () => Promise<Overview>
}

/** Answers how to stop. */
export const openAdminNamespace = (io: GatewayServer, options: AdminNamespaceOptions): (() => void) => {
  const namespace = io.of('/admin')
  const enter = async (socket: GatewaySocket): Promise<Refusal | null> => {
    await options.checkAdminSession(socket.handshake.headers.cookie)
    const identity = identityOf(socket, options)
    const refusal = options.refuseToken({ identity, address: options.addressOf(socket.request), way: 'socket' })
    if (refusal) return refusal
    socket.data.identity = identity
    if (identity.kind === 'admin') return null
    return { code: identity.kind === 'painter' ? 'forbidden' : 'unauthenticated', detail: 'This needs an admin.' }
  }
  namespace.use(async (socket, next) => {
    const refusal = await enter(socket)
    if (!refusal) return next()
    return next(Object.assign(new Error(refusal.code), { data: problemOf(refusal) }))
  })
  const tell = async () => {
    if (namespace.sockets.size === 0) return
    const { history: _, ...overview } = await options.overview()
    namespace.emit('overview', overview)
  }
  const timer = setInterval(() => void tell(), everyMs)
  return () => clearInterval(timer)
}
