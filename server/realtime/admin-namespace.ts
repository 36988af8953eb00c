/** The namespace `/admin` sends the overview without its history to admins, once a second. Without sockets, nothing is read. */
import type { Overview } from '../../lib/overview.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { Caller } from '../accounts/caller.ts'
import type { Connections } from './connection.ts'
import type { GatewayServer } from './gateway-socket.ts'
import { type IdentificationOptions, identifySockets } from './identification.ts'

const everyMs = 1_000

export const adminNamespace = '/admin'

export interface AdminNamespaceOptions extends IdentificationOptions {
  readonly overview: () => Promise<Overview>
}

/** Returns the function that stops it. */
export const openAdminNamespace = (io: GatewayServer, options: AdminNamespaceOptions & { connections: Connections }): (() => void) => {
  const namespace = io.of(adminNamespace)
  identifySockets(namespace, { ...options, isForStaff: true, refusalOf })
  const send = async () => {
    if (namespace.sockets.size === 0) return
    const { history: _, ...overview } = await options.overview()
    namespace.emit('overview', overview)
  }
  const timer = setInterval(options.errors.guard('admin_overview', send), everyMs)
  return () => clearInterval(timer)
}

const refusalOf = ({ kind }: Caller): Refusal | null =>
  kind === 'admin' ? null : { code: kind === 'anonymous' ? 'unauthenticated' : 'forbidden', detail: 'This needs an admin.' }
