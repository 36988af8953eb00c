/** The namespace `/admin` sends the overview without its history to admins, once a second. Without sockets, nothing is read. */
import type { Overview } from '../../lib/overview.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { Caller } from '../accounts/caller.ts'
import type { Connections } from './connection.ts'
import type { GatewayServer } from './gateway-socket.ts'
import { type IdentificationOptions, identifySockets } from './identification.ts'
import { adminNamespace } from './packet-gate.ts'

const everyMs = 1_000

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
  kind === 'admin' ? null : { code: kind === 'anonymous' ? 'unauthenticated' : 'forbidden', detail: 'Only an admin may connect here.' }

/** Closes the connections of operators whose session has ended. The client may connect again, and is then identified again. */
export const closeEndedSessions = (io: GatewayServer, isOpen: (session: string) => boolean) => {
  const isEnded = (caller: Caller) => caller.kind === 'admin' && caller.session !== null && !isOpen(caller.session)
  for (const { sockets } of [io.of(adminNamespace), io.sockets]) {
    for (const { data, conn } of [...sockets.values()]) if (isEnded(data.caller)) conn.close()
  }
}
