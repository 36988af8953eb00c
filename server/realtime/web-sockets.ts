/** The WebSocket server of Engine.IO. It counts each byte and each frame, also control frames, before they are parsed. */
import type { IncomingMessage } from 'node:http'
import type { Socket as RawSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { endRaw } from '../http/raw-answer.ts'
import { stopReading } from './connection.ts'
import type { ConnectionBudget } from './connection-budget.ts'

/** A well-behaved client never sends a message in more fragments. */
const maxFragments = 64
/** How long a client has to answer a close. */
export const closeTimeoutMs = 1_000

/** `budgetOf` returns the budget of the connection that the request belongs to or opens. */
export const countingWebSocketServer = (budgetOf: (request: IncomingMessage) => ConnectionBudget) =>
  class CountingWebSocketServer extends WebSocketServer {
    constructor(options: ServerOptions) {
      // The types leave out the last two.
      super({ ...options, autoPong: false, ...({ maxFragments, closeTimeout: closeTimeoutMs } as object) })
      this.on('wsClientError', (_error, socket) =>
        endRaw(socket, { status: '400 Bad Request', body: 'The WebSocket request is not valid.' }),
      )
    }

    override handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      callback: (webSocket: WebSocket, request: IncomingMessage) => void,
    ) {
      super.handleUpgrade(request, socket, head, (webSocket, upgraded) => {
        countFrames(webSocket, budgetOf(request))
        callback(webSocket, upgraded)
      })
    }
  }

/** Runs before Engine.IO adds its listeners, so these are called first. */
const countFrames = (webSocket: WebSocket & { readonly _socket?: RawSocket }, budget: ConnectionBudget) => {
  const stop = () => {
    stopReading(webSocket)
    if (webSocket.readyState === webSocket.OPEN) webSocket.close()
  }
  webSocket._socket?.prependListener('data', (chunk: Buffer) => {
    if (!budget.takeBytes(chunk.length)) stop()
  })
  const count = () => {
    const verdict = budget.takeMessage()
    if (verdict === 'cut_off') stop()
    return verdict
  }
  webSocket.on('message', count)
  webSocket.on('pong', count)
  webSocket.on('ping', (data) => {
    if (count() === 'ok') webSocket.pong(data)
  })
}
