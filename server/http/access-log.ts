/** One line for each HTTP request when its answer ends, if `ACCESS_LOG=on`. Messages of WebSockets are not requests. */
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '../observability/log.ts'
import { requestIdHeader } from './request-id-header.ts'
import { pathOf } from './request-target.ts'

export interface AccessLogOptions {
  readonly logger: Pick<Logger, 'info'>
  readonly addressOf: (request: IncomingMessage) => string
  readonly routeOf: (method: string, path: string) => string
  readonly monotonicNow: () => number
}

/** Call it after all other listeners of requests are added. */
export const logRequests = (http: Server, { logger, addressOf, routeOf, monotonicNow }: AccessLogOptions) => {
  /** What a connection had sent when its last answer ended. Answers of one connection are in order. */
  const sentBefore = new WeakMap<Socket, number>()
  const takeBytes = (socket: Socket) => {
    const sent = socket.bytesWritten
    const bytes = sent - (sentBefore.get(socket) ?? 0)
    sentBefore.set(socket, sent)
    return bytes
  }
  http.prependListener('request', (request, response) => {
    const { method = '', socket } = request
    const path = pathOf(request)
    const address = addressOf(request)
    const startedMs = monotonicNow()
    response.once('close', () => {
      const route = routeOf(method, path)
      const requestId = response.getHeader(requestIdHeader)
      logger.info({
        event: 'access',
        method,
        // A path without a route may be anything, so the logger cuts and escapes it.
        route: route === 'unknown' ? path : route,
        // Null: the connection was closed before an answer.
        status: response.headersSent ? response.statusCode : null,
        bytes: takeBytes(socket),
        ms: Math.round((monotonicNow() - startedMs) * 10) / 10,
        address,
        ...(requestId !== undefined && { requestId }),
      })
    })
  })
}
