/** The WebSocket server that Engine.IO uses: each frame and each byte is counted before it is parsed, control frames too. */
import type { IncomingMessage } from 'node:http'
import type { Socket as RawSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { stopReading } from './connection.ts'
import type { ConnectionBudget } from './connection-budget.ts'

/** A message in more pieces is no message of a client that means well. */
const maxFragments = 64
/** How long a client has to answer a close. */
export const closeTimeoutMs = 1_000

/** `budgetOf` answers the budget of the connection that the request belongs to, or will open. */
export const countingWebSocketServer = (budgetOf: (request: IncomingMessage) => ConnectionBudget) =>
  class CountingWebSocketServer extends WebSocketServer {
    constructor(options: ServerOptions) {
      // The types do not know the last two.
      super({ ...options, autoPong: false, ...({ maxFragments, closeTimeout: closeTimeoutMs } as object) })
      this.on('wsClientError', (_error, socket) =>
        answerUpgrade(socket, { status: '400 Bad Request', body: 'This is no WebSocket request.' }),
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

/** Runs before Engine.IO listens, so these listeners come first. */
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

/** Answers an upgrade that is refused, and closes. */
export const answerUpgrade = (
  socket: Duplex,
  { status, headers = {}, body }: { status: string; headers?: Readonly<Record<string, string>>; body: string },
) => {
  socket.on('error', () => undefined)
  const lines = Object.entries({
    'content-type': 'text/plain; charset=utf-8',
    ...headers,
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  })
  socket.end(`HTTP/1.1 ${status}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`, () => socket.destroy())
}
