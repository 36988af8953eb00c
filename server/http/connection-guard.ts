/**
 * Bounds what one address, and everybody together, can hold of this process before a request was even read: open connections, and how
 * long one may take to say what it wants.
 *
 * Behind a proxy every connection is the proxy's, so the bound per address is the proxy's business then, as `RATE_LIMITS=off` is a load
 * test's. What Socket.IO holds counts as well, and has a narrower bound of its own (`limits.ts`).
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createAddressCounts } from '../limits/address-counts.ts'
import { plainAddress } from '../limits/address-prefixes.ts'
import type { ThrottledWarnings } from '../observability/throttled-warnings.ts'

export const connectionLimits = {
  ofAddress: 400,
  /** Requests of one address that wait for their answers. One connection may bring thousands of them at once. */
  unansweredOfAddress: 8_192,
  /** Over all addresses: some forty kilobytes each. Node refuses the rest. */
  ofProcess: 50_000,
  /**
   * That the kernel holds until they are taken; Linux caps it at `net.core.somaxconn`, which is 4,096. With node's own 511, when everybody comes back
   * at once after a restart, most are turned away, to try again a second later and then two.
   */
  waiting: 4_096,
} as const

/** How long a client may take. Node looks every five seconds. */
export const requestTimeouts = {
  headersTimeout: 15_000,
  /** The whole request. A picture may take two minutes; other bodies have a shorter time of their own (`read-body.ts`). */
  requestTimeout: 130_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
  /** Bytes of the request line and the headers together. */
  maxHeaderSize: 16_384,
} as const

export const guardConnections = (http: Server, options: { countsAddresses: boolean; throttledWarnings: ThrottledWarnings }) => {
  const { countsAddresses, throttledWarnings } = options
  const open = createAddressCounts(connectionLimits.ofAddress)
  http.maxConnections = connectionLimits.ofProcess

  const addressOf = ({ remoteAddress }: Socket) => plainAddress(remoteAddress ?? 'unknown')

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

  // What node:http would answer by itself; it is here to be told.
  http.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket
    const { _httpMessage: answering } = socket as Socket & { _httpMessage?: { headersSent: boolean } }
    if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent) return socket.destroy()
    const [status, event] = clientErrors[error.code ?? ''] ?? ['400 Bad Request', 'malformed_request']
    throttledWarnings.warn(addressOf(socket), event, { code: error.code ?? 'unknown' })
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 0\r\n\r\n`, () =>
      socket.destroy(),
    )
  })
}

/** Counts the requests of each address that wait for their answers. */
export const createRequestGuard = ({
  countsAddresses,
  throttledWarnings,
}: {
  countsAddresses: boolean
  throttledWarnings: ThrottledWarnings
}) => {
  const unanswered = createAddressCounts(connectionLimits.unansweredOfAddress)
  /** False: there were too many, and the connection is closed. */
  return ({ socket }: IncomingMessage, response: ServerResponse): boolean => {
    if (!countsAddresses) return true
    const address = plainAddress(socket.remoteAddress ?? 'unknown')
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
