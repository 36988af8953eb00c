/** Closes the connections of operators whose session has ended, on every namespace. */
import type { Identity } from '../http/identity.ts'
import type { GatewayServer } from './gateway-socket.ts'

export const closeEndedSessions = (io: GatewayServer, isOpen: (session: string) => boolean) => {
  for (const name of ['/', '/admin']) {
    for (const socket of io.of(name).sockets.values()) {
      const identity: Identity | undefined = socket.data.identity
      if (identity?.kind === 'admin' && identity.session !== null && !isOpen(identity.session)) socket.disconnect(true)
    }
  }
}
