/** Closes the connections of operators whose session has ended, in every namespace: an operator also paints as one. */
import type { Identity } from '../accounts/identity.ts'
import { adminNamespace } from './admin-namespace.ts'
import type { GatewayServer } from './gateway-socket.ts'

/** The client is not told to stay away: it comes back as whoever it is now. */
export const closeEndedSessions = (io: GatewayServer, isOpen: (session: string) => boolean) => {
  const isEnded = (identity: Identity) => identity.kind === 'admin' && identity.session !== null && !isOpen(identity.session)
  for (const { sockets } of [io.of(adminNamespace), io.sockets]) {
    for (const { data, conn } of [...sockets.values()]) if (isEnded(data.identity)) conn.close()
  }
}
