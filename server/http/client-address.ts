/**
 * The address of a client, behind proxies. Used by both mounts of the API and by the socket gateway.
 *
 * Each proxy appends an address to `X-Forwarded-For`. Entries to the left of our own proxies' entries come from the client, so
 * TRUST_PROXY counts from the right, and 0 ignores the header.
 */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { plainAddress } from '../limits/address-prefixes.ts'
import type { Peer } from './exchange.ts'

/** Headers that proxies and content networks add to a request. A request with one of them is not direct. */
const forwardingHeader =
  /^(?:x-(?:forwarded|real|client|cluster|original|originating|remote|envoy|proxy|proxyuser|varnish|amzn|azure|appengine|cloud|haproxy|scheme|host)|forwarded|via|cf-|cdn-|true-client-ip|fastly-|fly-|akamai-|client-ip|proxy-|wl-proxy-|x-request-id$)/

/** `1.2.3.4`, `1.2.3.4:5678`, `[::1]:5678` or `::1`; null for anything else. */
const parseAddress = (entry: string): string | null => {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry)?.[1] ?? entry
  return isIP(bare) === 0 ? null : plainAddress(bare)
}

const listOf = (value: string | string[] | undefined) =>
  value === undefined ? [] : (Array.isArray(value) ? value.join(',') : value).split(',').map((item) => item.trim())

export const createClientAddresses = (options: { trustProxy: number }) => {
  const addressOf = (request: IncomingMessage, remote: string) => {
    const forwarded = listOf(request.headers['x-forwarded-for'])
    const chain = [...forwarded, remote]
    const entry = chain[Math.max(0, chain.length - 1 - options.trustProxy)] ?? remote
    return parseAddress(entry) ?? remote
  }

  const protocolOf = (request: IncomingMessage): Peer['protocol'] => {
    const list = listOf(request.headers['x-forwarded-proto'])
    const protocol = list[Math.max(0, list.length - options.trustProxy)]?.toLowerCase()
    return protocol === 'https' || protocol === 'http' ? protocol : null
  }

  return {
    peerOf(request: IncomingMessage): Peer {
      const remote = plainAddress(request.socket.remoteAddress ?? 'unknown')
      if (!isForwarded(request)) return { address: remote, direct: true, protocol: null }
      if (options.trustProxy === 0) return { address: remote, direct: false, protocol: null }
      return { address: addressOf(request, remote), direct: false, protocol: protocolOf(request) }
    },
  }
}

export type ClientAddresses = ReturnType<typeof createClientAddresses>

/** By default nginx sends HTTP/1.0 to a server. Current clients do not. */
const isForwarded = ({ headers, httpVersion }: IncomingMessage) =>
  httpVersion === '1.0' || Object.keys(headers).some((name) => forwardingHeader.test(name))

/** Whether a `Host` header names this machine. Another name may be an attacker's that resolves to it (DNS rebinding). */
export const isLocalHost = (host: string | null) => {
  const name = URL.parse(`http://${host ?? ''}`)?.hostname.replace(/^\[|\]$/g, '')
  return name === 'localhost' || (name !== undefined && isIP(name) !== 0 && isLoopback(name))
}

export const isLoopback = (address: string) => address === '::1' || address.startsWith('127.')
