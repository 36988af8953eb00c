/** The namespace `/admin`: the overview without its history, each second, to admins; nothing is read while nobody looks. */
import type { Overview } from '../../lib/overview.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { Identity } from '../accounts/identity.ts'
import type { Connections } from './connection.ts'
import type { GatewayServer } from './gateway-socket.ts'
import { type IdentificationOptions, identifySockets } from './identification.ts'

const everyMs = 1_000

export const adminNamespace = '/admin'

export interface AdminNamespaceOptions extends IdentificationOptions {
  readonly overview: () => Promise<Overview>
  /** Looks into the store whether the operator's session that a cookie names is open. */
  readonly checkAdminSession: (cookie: string | undefined) => Promise<unknown>
}

/** Answers how to stop. */
export const openAdminNamespace = (io: GatewayServer, options: AdminNamespaceOptions & { connections: Connections }): (() => void) => {
  const namespace = io.of(adminNamespace)
  identifySockets(namespace, { ...options, prepare: options.checkAdminSession, refusalOf })
  const send = async () => {
    if (namespace.sockets.size === 0) return
    const { history: _, ...overview } = await options.overview()
    namespace.emit('overview', overview)
  }
  const timer = setInterval(options.errors.guard('admin_overview', send), everyMs)
  return () => clearInterval(timer)
}

const refusalOf = ({ kind }: Identity): Refusal | null =>
  kind === 'admin' ? null : { code: kind === 'painter' ? 'forbidden' : 'unauthenticated', detail: 'This needs an admin.' }
