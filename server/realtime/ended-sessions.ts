/** Closes the connections of operators whose session has ended, in every namespace. */
import type { Caller } from '../accounts/caller.ts'
import { adminNamespace } from './admin-namespace.ts'
import type { GatewayServer } from './gateway-socket.ts'

/** The client may connect again, and is then resolved anew. */
export const closeEndedSessions = (io: GatewayServer, isOpen: (session: string) => boolean) => {
  const isEnded = (caller: Caller) => caller.kind === 'admin' && caller.session !== null && !isOpen(caller.session)
  for (const { sockets } of [io.of(adminNamespace), io.sockets]) {
    for (const { data, conn } of [...sockets.values()]) if (isEnded(data.caller)) conn.close()
  }
}
