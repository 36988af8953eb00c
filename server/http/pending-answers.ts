/**
 * The pending answers of each connection. A client may send several requests at once, and node:http drops those before a CONNECT or an
 * upgrade. Without this their answers would never close, and their counts would never be released (A6).
 */
import type { Server, ServerResponse } from 'node:http'

export interface PendingAnswers {
  /** Call it after all other listeners of requests are added, because it goes before them. */
  follow(http: Server): void
  /** Whether the connection waits for an answer, and so may not be upgraded. */
  has(socket: object): boolean
}

export const createPendingAnswers = (): PendingAnswers => {
  const bySocket = new WeakMap<object, Set<ServerResponse>>()

  const add = (socket: object, response: ServerResponse) => {
    const pending = bySocket.get(socket) ?? new Set()
    bySocket.set(socket, pending.add(response))
    response.once('close', () => pending.delete(response))
  }

  /** Closes the answers as node:http does for a closed connection. */
  const abandon = (socket: object) => {
    for (const response of [...(bySocket.get(socket) ?? [])]) {
      response.destroy()
      if (!response.closed) response.emit('close')
    }
  }

  return {
    follow(http) {
      http.prependListener('request', ({ socket }, response) => add(socket, response))
      // Fresco does not serve as a proxy.
      http.on('connect', (_request, socket) => {
        socket.on('error', () => undefined).destroy()
        abandon(socket)
      })
    },
    has: (socket) => (bySocket.get(socket)?.size ?? 0) > 0,
  }
}
