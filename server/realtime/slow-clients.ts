/**
 * A client that does not read makes the server keep what it was sent. Past a bound it is cut off; when it comes back it
 * resumes where it was (A6).
 */
import type { Socket } from 'socket.io'

export const maxUnsentBytes = 1_048_576

/** What the operating system has not taken yet, for sockets over WebSocket; polling keeps packets, each at least a few bytes. */
export const unsentBytes = (socket: Socket): number => {
  const connection = socket.conn as unknown as {
    transport?: { socket?: { bufferedAmount?: number } }
    writeBuffer?: { data?: unknown; options?: { wsPreEncodedFrame?: Uint8Array[] } }[]
  }
  let bytes = connection.transport?.socket?.bufferedAmount ?? 0
  for (const packet of connection.writeBuffer ?? []) bytes += typeof packet.data === 'string' ? packet.data.length : 64
  return bytes
}

/** Ends the connection without waiting for the other side: it would not answer a polite close either. */
export const cutOff = (socket: Socket) => {
  const { transport } = socket.conn as unknown as { transport?: { socket?: { terminate?: () => void } } }
  transport?.socket?.terminate?.()
  socket.conn.close(true)
}
