/**
 * Limits open connections, unanswered requests, and the time that a request may take to arrive.
 *
 * Behind a proxy every connection has the proxy's address, so addresses are not counted then, nor with `RATE_LIMITS=off`. Socket.IO's
 * connections count here too, and have a separate, lower limit (`limits.ts`).
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createAddressCounts } from '../limits/address-counts.ts'
import { plainAddress } from '../limits/address-prefixes.ts'
import type { ThrottledWarnings } from '../observability/throttled-warnings.ts'
import { endRaw } from './raw-answer.ts'

export const connectionLimits = {
  ofAddress: 400,
  /** Requests of one address that wait for their answers. One connection may send thousands of them at once. */
  unansweredOfAddress: 8_192,
  /** Over all addresses, at about 40 kB each. Node refuses the rest. */
  ofProcess: 50_000,
  /**
   * Not yet accepted, in the kernel. Linux allows `net.core.somaxconn`, by default 4,096. With Node's 511, most clients that return after a
   * restart would be refused, and would try again a second later.
   */
  waiting: 4_096,
} as const

/** Node checks these every five seconds. */
export const requestTimeouts = {
  headersTimeout: 15_000,
  /** For the whole request. A picture may take two minutes, and other bodies less (`read-body.ts`). */
  requestTimeout: 130_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
  /** Bytes of the request line and the headers together. */
  maxHeaderSize: 16_384,
} as const

export interface ConnectionGuardOptions {
  readonly countsAddresses: boolean
  readonly throttledWarnings: ThrottledWarnings
}

const addressOf = ({ remoteAddress }: Socket) => plainAddress(remoteAddress ?? 'unknown')

export const guardConnections = (http: Server, { countsAddresses, throttledWarnings }: ConnectionGuardOptions) => {
  const open = createAddressCounts(connectionLimits.ofAddress)
  http.maxConnections = connectionLimits.ofProcess

  http.on('connection', (socket: Socket) => {
    if (!countsAddresses) return
    const address = addressOf(socket)
    if (!open.take(address)) {
      throttledWarnings.warn(address, 'connections_refused', { limit: connectionLimits.ofAddress })
      socket.destroy()
      return
    }
    socket.once('close', () => open.release(address))
  })
  http.on('drop', (drop) =>
    throttledWarnings.warn('any', 'connections_refused', { limit: connectionLimits.ofProcess, last: drop?.remoteAddress ?? '' }),
  )

  // The same answers as node:http's own, with a warning.
  http.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket
    const { _httpMessage: answering } = socket as Socket & { _httpMessage?: { headersSent: boolean } }
    if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent) return socket.destroy()
    const [status, event] = clientErrors[error.code ?? ''] ?? ['400 Bad Request', 'malformed_request']
    throttledWarnings.warn(addressOf(socket), event, { code: error.code ?? 'unknown' })
    endRaw(socket, { status })
  })
}

/** Counts the requests of each address that wait for their answers. */
export const createRequestGuard = ({ countsAddresses, throttledWarnings }: ConnectionGuardOptions) => {
  const unanswered = createAddressCounts(connectionLimits.unansweredOfAddress)
  /** False: there were too many, and the connection was closed. */
  return ({ socket }: IncomingMessage, response: ServerResponse): boolean => {
    if (!countsAddresses) return true
    const address = addressOf(socket)
    if (!unanswered.take(address)) {
      throttledWarnings.warn(address, 'requests_refused', { unanswered: connectionLimits.unansweredOfAddress })
      socket.destroy()
      return false
    }
    response.once('close', () => unanswered.release(address))
    return true
  }
}

const clientErrors: Readonly<Record<string, readonly [string, 'slow_request_cut_off' | 'malformed_request']>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'slow_request_cut_off'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'malformed_request'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Content Too Large', 'malformed_request'],
}
