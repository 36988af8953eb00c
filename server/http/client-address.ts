/**
 * Where a request comes from. Each trusted proxy appends the address that it saw to `X-Forwarded-For`, so with N of them the
 * client's is the Nth from the right; anything further left is whatever the client claims.
 */
import type { IncomingMessage } from 'node:http'
import type { Logger } from '../observability/log.ts'

export const createAddressOf = (options: { trustProxy: number; logger: Logger }) => {
  let warned = false
  return (request: IncomingMessage): string => {
    const peer = request.socket.remoteAddress ?? 'unknown'
    const forwarded = request.headers['x-forwarded-for']
    if (forwarded === undefined) return peer
    if (options.trustProxy === 0) {
      if (!warned) {
        warned = true
        options.logger.warn({
          event: 'unexpected_proxy',
          hint: 'A request came with X-Forwarded-For. If a proxy of yours sets it, tell how many there are in TRUST_PROXY; until then everybody behind it counts as one address.',
        })
      }
      return peer
    }
    const hops = String(forwarded).split(',').map((hop) => hop.trim())
    return hops[Math.max(0, hops.length - options.trustProxy)] || peer
  }
}
