/** Finds mistakes in the setup from requests, most often in the setup of a proxy. It never changes an answer. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { nonceHeader } from '../doctor/probe-nonces.ts'
import { plainAddress } from '../limits/address-prefixes.ts'
import type { OperatorWarnings } from '../observability/operator-warnings.ts'
import { isLocalHost, isLoopback } from './client-address.ts'
import type { Origins } from './origins.ts'
import { isProbe } from './request-target.ts'
import { subPathOf } from './sub-path.ts'

export interface SetupWatchOptions {
  readonly warnings: Pick<OperatorWarnings, 'warn' | 'clear'>
  readonly origins: Origins
  readonly hasSession: (cookie: string | undefined) => boolean
  /** Whether a nonce is of this installation's own checks (`doctor/probe-nonces.ts`), which send what a mistaken setup would. */
  readonly isOwnCheck?: (nonce: string | null) => boolean
  readonly publicUrls: readonly string[]
  readonly trustProxy: number
  /** A monotonic clock. */
  readonly now: () => number
}

/** The `User-Agent` of the command line, which sends requests to the server on the same machine without the proxy. */
export const cliUserAgent = 'fresco-cli'

const proxyHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'] as const
const isInside = (path: string) => path === '/metrics' || path === '/api/health'
/** A returning client can name an old session once. Several within a minute come from a proxy that distributes one client's requests. */
const unknownSessionsFrom = 3
const minuteMs = 60_000

const headerOf = ({ headers }: IncomingMessage, name: string) => {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
const hostOf = (url: string | undefined) => (url === undefined ? null : (URL.parse(url)?.host ?? null))
const proxyHeaderOf = ({ headers }: IncomingMessage) => proxyHeaders.find((name) => headers[name] !== undefined)

export class SetupWatch {
  readonly #options: SetupWatchOptions
  #unknownSessions: number[] = []

  constructor(options: SetupWatchOptions) {
    this.#options = options
  }

  /** Call it after the gateway has added its listeners. */
  listen(server: Server) {
    server.prependListener('request', (request, response) => this.check(request, response))
    server.prependListener('upgrade', (request) => this.check(request, null))
  }

  /** `response` is null for an upgrade. */
  check(request: IncomingMessage, response: ServerResponse | null) {
    if (this.#options.isOwnCheck?.(headerOf(request, nonceHeader) ?? null)) return
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
    if (path.startsWith('/socket.io/') && response) this.#checkSocket(request, response, new URLSearchParams(query))
    this.#checkOrigin(request, path)
    this.#checkForwarding(request, path)
    this.#checkHost(request, path, response)
    const subPath = subPathOf(request) ?? subPathOfPage(request)
    if (subPath !== null) this.#options.warnings.warn('sub_path', `${request.method} ${path} (path: ${subPath})`)
  }

  #checkSocket(request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
    const { warnings, now } = this.#options
    const transport = query.get('transport')
    if (transport === 'websocket') {
      warnings.warn('websocket_not_upgraded', `${request.method} /socket.io/ with Upgrade: ${headerOf(request, 'upgrade') ?? 'none'}`)
    }
    if (!query.has('sid') || transport !== 'polling') return
    response.once('finish', () => {
      if (response.statusCode !== 400) return
      this.#unknownSessions = [...this.#unknownSessions.filter((atMs) => now() - atMs < minuteMs), now()].slice(-unknownSessionsFrom)
      if (this.#unknownSessions.length < unknownSessionsFrom) return
      warnings.warn('session_of_another_process', `${request.method} /socket.io/ with an unknown sid`)
    })
  }

  #checkOrigin(request: IncomingMessage, path: string) {
    const { warnings, origins, hasSession, publicUrls } = this.#options
    const [origin, host] = [headerOf(request, 'origin'), headerOf(request, 'host')]
    if (origins.allowed(origin, host)) return
    const isSocket = path.startsWith('/socket.io/')
    const isRefused = isSocket ? hasSession(headerOf(request, 'cookie')) : path.startsWith('/api/') && !isReading(request)
    if (!isRefused) return
    const detail = `${request.method} ${path} from ${origin}, Host: ${host ?? 'none'}`
    // Behind a proxy, painting needs PUBLIC_URL.
    const lacksUrl = publicUrls.length === 0 && proxyHeaderOf(request) !== undefined
    if (!lacksUrl && !isOwnPage(request, origin)) warnings.warn('foreign_origin', detail)
    else warnings.warn(publicUrls.length === 0 ? 'no_public_url' : 'address_not_in_public_url', detail)
  }

  #checkForwarding(request: IncomingMessage, path: string) {
    const { warnings, trustProxy } = this.#options
    if (isProbe(path) || isOwnCommand(request)) return
    const forwarded = headerOf(request, 'x-forwarded-for')
    const addresses = forwarded === undefined ? 0 : forwarded.split(',').length
    const detail = `${request.method} ${path}, X-Forwarded-For: ${forwarded ?? 'none'}`
    if (trustProxy === 0 && addresses > 0) warnings.warn('forwarded_for_ignored', detail)
    if (addresses < trustProxy) warnings.warn('forwarded_for_missing', `${detail}, TRUST_PROXY=${trustProxy}`)
    else if (trustProxy > 0) warnings.clear('forwarded_for_missing')
  }

  #checkHost(request: IncomingMessage, path: string, response: ServerResponse | null) {
    const { warnings } = this.#options
    const host = headerOf(request, 'host')
    const page = hostOf(headerOf(request, 'origin')) ?? hostOf(headerOf(request, 'referer'))
    const isRewritten = headerOf(request, 'sec-fetch-site') === 'same-origin' && page !== null && page !== host
    const header = proxyHeaderOf(request)
    // A proxy without forwarding headers. Current clients send HTTP/1.1; nginx by default sends HTTP/1.0.
    const isSilent = header === undefined && (request.httpVersion === '1.0' || isRewritten)
    const how = `HTTP/${request.httpVersion}, Host: ${host ?? 'none'}${header ? `, ${header}` : ''}`
    if (isSilent) warnings.warn('proxy_without_headers', `${request.method} ${path}, ${how}${page ? `, page at ${page}` : ''}`)
    if (!response || !isInside(path) || headerOf(request, 'authorization') !== undefined) return
    const isDirect = !header && !isSilent
    if (isDirect && (isLocalHost(host ?? null) || !isFromHere(request))) return
    response.once('finish', () =>
      warnings.warn('metrics_through_proxy', `${request.method} ${path}, ${how}, answered ${response.statusCode}`),
    )
  }
}

/** The path of a page below a path that a proxy removes. Such a page requests its image relative to itself (`app/layout.tsx`). */
const subPathOfPage = (request: IncomingMessage): string | null => {
  const page = URL.parse(headerOf(request, 'referer') ?? '')
  if (!page || !isOwnPage(request, page.origin)) return null
  return subPathOf({ url: page.pathname, headers: {} })
}

const isReading = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
const isFromHere = ({ socket }: IncomingMessage) => isLoopback(plainAddress(socket.remoteAddress ?? '127.0.0.1'))

/** Whether the request comes from the command line on this machine, and not through a proxy. */
const isOwnCommand = (request: IncomingMessage) =>
  headerOf(request, 'user-agent') === cliUserAgent && isFromHere(request) && proxyHeaderOf(request) === undefined

/** Whether the page of this request came from this server, also at an address that is not configured. */
const isOwnPage = (request: IncomingMessage, origin: string | undefined) => {
  if (headerOf(request, 'sec-fetch-site') === 'same-origin') return true
  const from = hostOf(origin)
  return from !== null && [headerOf(request, 'host'), headerOf(request, 'x-forwarded-host')].includes(from)
}
