/** The namespace `/admin`: the overview without its history, each second, to admins; nothing is read while nobody looks. */
import type { Overview } from '../../lib/overview.ts'
import { problemOf } from '../../lib/refusal.ts'
import type { Credentials, Identity } from '../http/identity.ts'
import type { GatewayServer } from './gateway-socket.ts'
import { identityOf } from './handshake.ts'

const everyMs = 1_000

export interface AdminNamespaceOptions {
  readonly identify: (credentials: Credentials) => Identity
  readonly overview: () => Promise<Overview>
}

/** Answers how to stop. */
export const openAdminNamespace = (io: GatewayServer, options: AdminNamespaceOptions): (() => void) => {
  const namespace = io.of('/admin')
  namespace.use((socket, next) => {
    const { kind } = identityOf(socket, options)
    if (kind === 'admin') return next()
    const problem = problemOf({ code: kind === 'painter' ? 'forbidden' : 'unauthenticated', detail: 'This needs an admin.' })
    return next(Object.assign(new Error(problem.code), { data: problem }))
  })
  const tell = async () => {
    if (namespace.sockets.size === 0) return
    const { history: _, ...overview } = await options.overview()
    namespace.emit('overview', overview)
  }
  const timer = setInterval(() => void tell(), everyMs)
  return () => clearInterval(timer)
}
