/** Finds mistakes in the setup from requests, most often in the setup of a proxy. It never changes an answer. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { OperatorWarnings } from '../observability/operator-warnings.ts'
import type { Origins } from './origins.ts'
import { subPathOf } from './sub-path.ts'

export interface SetupWatchOptions {
  readonly warnings: Pick<OperatorWarnings, 'warn' | 'clear'>
  readonly origins: Origins
  readonly hasSession: (cookie: string | undefined) => boolean
  readonly publicUrls: readonly string[]
  readonly trustProxy: number
  /** For ages only. */
  readonly now: () => number
}

const proxyHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'] as const
/** Probes and scrapers of this machine come without a proxy, whatever is in front of everybody else. */
const isProbe = (path: string) => /^\/(livez|readyz|metrics|api\/health)$/.test(path)
const isInside = (path: string) => path === '/metrics' || path === '/api/health'
/** A client that was away can name an old session once. Several within a minute come from a proxy that spreads one client's requests. */
const unknownSessionsFrom = 3
const minuteMs = 60_000

const headerOf = ({ headers }: IncomingMessage, name: string) => {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
const hostOf = (url: string | undefined) => (url === undefined ? null : (URL.parse(url)?.host ?? null))
const localHost = /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/i

export class SetupWatch {
  readonly #options: SetupWatchOptions
  #unknownSessions: number[] = []

  constructor(options: SetupWatchOptions) {
    this.#options = options
  }

  /** Call it after the gateway has added its listeners. */
  listen(server: Server) {
    server.prependListener('request', (request, response) => this.look(request, response))
    server.prependListener('upgrade', (request) => this.look(request, null))
  }

  /** `response` is null for an upgrade. */
  look(request: IncomingMessage, response: ServerResponse | null) {
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
    if (path.startsWith('/socket.io/')) this.#lookAtSocket(request, response, new URLSearchParams(query))
    this.#lookAtOrigin(request, path)
    this.#lookAtForwarding(request, path)
    this.#lookAtHost(request, path, response)
    const subPath = subPathOf(request) ?? subPathOfPage(request)
    if (subPath !== null) this.#options.warnings.warn('sub_path', `${request.method} ${path} (path: ${subPath})`)
  }

  #lookAtSocket(request: IncomingMessage, response: ServerResponse | null, query: URLSearchParams) {
    const { warnings, now } = this.#options
    if (response && query.get('transport') === 'websocket') {
      warnings.warn('websocket_not_upgraded', `${request.method} /socket.io/ with Upgrade: ${headerOf(request, 'upgrade') ?? 'none'}`)
    }
    const session = query.get('sid')
    if (!response || session === null || query.get('transport') !== 'polling') return
    response.once('finish', () => {
      if (response.statusCode !== 400) return
      this.#unknownSessions = [...this.#unknownSessions.filter((atMs) => now() - atMs < minuteMs), now()].slice(-unknownSessionsFrom)
      if (this.#unknownSessions.length < unknownSessionsFrom) return
      warnings.warn('session_of_another_process', `${request.method} /socket.io/ with an unknown sid`)
    })
  }

  #lookAtOrigin(request: IncomingMessage, path: string) {
    const { warnings, origins, hasSession, publicUrls } = this.#options
    const [origin, host] = [headerOf(request, 'origin'), headerOf(request, 'host')]
    if (origins.allowed(origin, host)) return
    const isSocket = path.startsWith('/socket.io/')
    const isRefused = isSocket ? hasSession(headerOf(request, 'cookie')) : path.startsWith('/api/') && !isReading(request)
    if (!isRefused) return
    const detail = `${request.method} ${path} from ${origin}, Host: ${host ?? 'none'}`
    // Behind a proxy, painting needs PUBLIC_URL.
    const lacksUrl = publicUrls.length === 0 && proxyHeaders.some((name) => request.headers[name] !== undefined)
    if (!lacksUrl && !isOwnPage(request, origin)) warnings.warn('foreign_origin', detail)
    else warnings.warn(publicUrls.length === 0 ? 'no_public_url' : 'address_not_in_public_url', detail)
  }

  #lookAtForwarding(request: IncomingMessage, path: string) {
    const { warnings, trustProxy } = this.#options
    if (isProbe(path)) return
    const forwarded = headerOf(request, 'x-forwarded-for')
    const addresses = forwarded === undefined ? 0 : forwarded.split(',').length
    const detail = `${request.method} ${path}, X-Forwarded-For: ${forwarded ?? 'none'}`
    if (trustProxy === 0 && addresses > 0) warnings.warn('forwarded_for_ignored', detail)
    if (addresses < trustProxy) warnings.warn('forwarded_for_missing', `${detail}, TRUST_PROXY=${trustProxy}`)
    else if (trustProxy > 0) warnings.clear('forwarded_for_missing')
  }

  #lookAtHost(request: IncomingMessage, path: string, response: ServerResponse | null) {
    const { warnings } = this.#options
    const host = headerOf(request, 'host')
    const page = hostOf(headerOf(request, 'origin')) ?? hostOf(headerOf(request, 'referer'))
    const isRewritten = headerOf(request, 'sec-fetch-site') === 'same-origin' && page !== null && page !== host
    const header = proxyHeaders.find((name) => request.headers[name] !== undefined)
    // A proxy that says nothing of itself: programs have spoken HTTP/1.1 for long, and nginx passes requests on as HTTP/1.0 unless told otherwise.
    const isSilent = header === undefined && (request.httpVersion === '1.0' || isRewritten)
    const how = `HTTP/${request.httpVersion}, Host: ${host ?? 'none'}${header ? `, ${header}` : ''}`
    if (isSilent) warnings.warn('proxy_without_headers', `${request.method} ${path}, ${how}${page ? `, page at ${page}` : ''}`)
    if (!response || !isInside(path) || headerOf(request, 'authorization') !== undefined) return
    if (!header && !isSilent && host !== undefined && localHost.test(host)) return
    if (request.socket.remoteAddress && !header && !isSilent && !isLocal(request.socket.remoteAddress)) return
    response.once('finish', () =>
      warnings.warn('metrics_through_proxy', `${request.method} ${path}, ${how}, answered ${response.statusCode}`),
    )
  }
}

/** The path of the page that sent this, when it is below one that a proxy takes away: such a page asks for its image relative to itself (`app/layout.tsx`). */
const subPathOfPage = (request: IncomingMessage): string | null => {
  const page = URL.parse(headerOf(request, 'referer') ?? '')
  if (!page || !isOwnPage(request, page.origin)) return null
  return subPathOf({ url: page.pathname, headers: {} })
}

const isReading = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
const isLocal = (address: string) => address === '::1' || /^(::ffff:)?127\./.test(address)

/** Whether the page that sent this came from this very server, at an address that the server does not know of. */
const isOwnPage = (request: IncomingMessage, origin: string | undefined) => {
  if (headerOf(request, 'sec-fetch-site') === 'same-origin') return true
  const from = hostOf(origin)
  return from !== null && [headerOf(request, 'host'), headerOf(request, 'x-forwarded-host')].includes(from)
}
