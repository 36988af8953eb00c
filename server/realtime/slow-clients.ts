/**
 * A client that does not read makes the server keep what it was sent. Past a bound it is cut off; when it comes back it
 * resumes where it was (A6).
 */
import type { Complaints } from '../observability/complaints.ts'
import type { GatewaySocket } from './gateway-socket.ts'

const maxUnsentBytes = 1_048_576

/** Cuts the socket off when too much of what it was sent was not taken yet. Answers whether it did. */
export const cutOffIfSlow = (socket: GatewaySocket, options: { complaints: Complaints; onSlowClient?: (() => void) | undefined }) => {
  const bytes = unsentBytes(socket)
  if (bytes <= maxUnsentBytes) return false
  options.complaints.about(socket.data.address, 'slow_client_cut_off', { bytes })
  options.onSlowClient?.()
  cutOff(socket)
  return true
}

/** What the operating system has not taken yet, for sockets over WebSocket; polling keeps packets, each at least a few bytes. */
const unsentBytes = (socket: GatewaySocket): number => {
  const connection = socket.conn as unknown as {
    transport?: { socket?: { bufferedAmount?: number } }
    writeBuffer?: { data?: unknown }[]
  }
  let bytes = connection.transport?.socket?.bufferedAmount ?? 0
  for (const packet of connection.writeBuffer ?? []) bytes += typeof packet.data === 'string' ? packet.data.length : 64
  return bytes
}

/** Ends the connection without waiting for the other side: it would not answer a polite close either. */
const cutOff = (socket: GatewaySocket) => {
  const { transport } = socket.conn as unknown as { transport?: { socket?: { terminate?: () => void } } }
  transport?.socket?.terminate?.()
  socket.conn.close(true)
}
