/**
 * The answers that each connection waits for. A client may send several requests at once, and node:http forgets those before a CONNECT or an upgrade:
 * their answers would never end, and what was counted for them would be counted for ever (A6).
 */
import type { Server, ServerResponse } from 'node:http'

export interface PendingAnswers {
  /** Call it when all listeners of requests are there: it comes before them. */
  follow(http: Server): void
  /** Whether the connection waits for an answer, so that it may not become something else yet. */
  has(socket: object): boolean
}

export const createPendingAnswers = (): PendingAnswers => {
  const bySocket = new WeakMap<object, Set<ServerResponse>>()

  const add = (socket: object, response: ServerResponse) => {
    const pending = bySocket.get(socket) ?? new Set()
    bySocket.set(socket, pending.add(response))
    response.once('close', () => pending.delete(response))
  }

  /** As node:http ends the answers of a connection that is closed. */
  const abandon = (socket: object) => {
    for (const response of [...(bySocket.get(socket) ?? [])]) {
      response.destroy()
      if (!response.closed) response.emit('close')
    }
  }

  return {
    follow(http) {
      http.prependListener('request', ({ socket }, response) => add(socket, response))
      // Fresco is no proxy.
      http.on('connect', (_request, socket) => {
        socket.on('error', () => undefined).destroy()
        abandon(socket)
      })
    },
    has: (socket) => (bySocket.get(socket)?.size ?? 0) > 0,
  }
}
