/**
 * The pending answers of each connection. A client may send several requests at once, and node:http drops those before a CONNECT or an
 * upgrade. Without this their answers would never close, and their counts would never be released (A6).
 */
import type { Server, ServerResponse } from 'node:http'

export class PendingAnswers {
  readonly #bySocket = new WeakMap<object, Set<ServerResponse>>()

  /** Call it after all other listeners of requests are added, because it goes before them. */
  follow(http: Server) {
    http.prependListener('request', ({ socket }, response) => {
      const pending = this.#bySocket.get(socket) ?? new Set()
      this.#bySocket.set(socket, pending.add(response))
      response.once('close', () => pending.delete(response))
    })
    // Fresco does not serve as a proxy.
    http.on('connect', (_request, socket) => {
      socket.on('error', () => undefined).destroy()
      // Like node:http for a closed connection.
      for (const response of [...(this.#bySocket.get(socket) ?? [])]) {
        response.destroy()
        if (!response.closed) response.emit('close')
      }
    })
  }

  /** Whether the connection waits for an answer, and so may not be upgraded. */
  has(socket: object): boolean {
    return (this.#bySocket.get(socket)?.size ?? 0) > 0
  }
}
