/**
 * The end of a gateway (A7). The connections are closed from below, not by Socket.IO's `disconnect`: clients then know that
 * the server went away rather than that it wants them gone, and look for another connection by themselves.
 *
 * What was sent before is delivered first. A client that does not answer the farewell must not hold up the shutdown.
 */
import type { GatewayServer } from './gateway-socket.ts'

const answerWithinMs = 1_000

interface WebSocketLike {
  once(event: 'close', act: () => void): void
  terminate(): void
}

interface Connection {
  readonly transport?: { readonly socket?: Partial<WebSocketLike> }
  close(): void
}

export const sayFarewell = async (io: GatewayServer) => {
  const connections = Object.values((io.engine as unknown as { clients: Record<string, Connection> }).clients)
  const webSockets = connections.flatMap(({ transport }) => (isWebSocket(transport?.socket) ? transport.socket : []))
  const closed = Promise.all(webSockets.map((webSocket) => new Promise<void>((resolve) => webSocket.once('close', resolve))))
  for (const connection of connections) connection.close()
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, answerWithinMs)
  })
  await Promise.race([closed, tooLate])
  clearTimeout(timer)
  for (const webSocket of webSockets) webSocket.terminate()
  io.engine.close()
}

const isWebSocket = (socket: Partial<WebSocketLike> | undefined): socket is WebSocketLike => typeof socket?.terminate === 'function'
