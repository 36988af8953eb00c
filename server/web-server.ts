/**
 * The HTTP server on the port. The bypass answers API requests. Pages get security headers and a nonce, and go to Next. A process without
 * the web role answers only probes and metrics.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { connectionLimits, createRequestGuard, guardConnections, requestTimeouts } from './http/connection-guard.ts'
import type { NodeAdapter } from './http/node-adapter.ts'
import { NosniffResponse } from './http/nosniff-response.ts'
import { addressHeaders } from './http/page-address.ts'
import type { PageGate } from './http/page-gate.ts'
import { PendingAnswers } from './http/pending-answers.ts'
import { endText } from './http/plain-text.ts'
import { problemAnswer } from './http/problem.ts'
import { refuseMalformed } from './http/refuse-malformed.ts'
import { requestIdHeader } from './http/request-id-header.ts'
import { isProbe, pathOf } from './http/request-target.ts'
import { pageHeaders } from './http/security-headers.ts'
import { subPathOf, subPathSentence } from './http/sub-path.ts'
import type { Logger } from './observability/log.ts'
import type { ThrottledWarnings } from './observability/throttled-warnings.ts'
import type { Pages } from './pages.ts'
import { notFound } from './refusals.ts'
import { newRequestId } from './request-id.ts'

export interface WebServer {
  readonly http: Server
  /** Returns the port, which is a free one for 0. @throws when it cannot be used. */
  listen(address: { port: number; host: string }): Promise<number>
  /** Starts to answer requests. Until then connections are closed at once. */
  serve(parts: ServedParts): void
  /** Accepts no new connections. Open connections are closed after their current request. */
  stopAccepting(): void
  close(): Promise<void>
}

export interface ServedParts {
  readonly api: NodeAdapter
  readonly pages: Pages | null
  /** Null passes every request to Next, because its development server uses further paths and headers. */
  readonly gate: PageGate | null
  readonly isSecure: (request: IncomingMessage) => boolean
  readonly publicUrls: readonly string[]
  readonly dev: boolean
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

const notYet: Handler = async (_request, response) => {
  endText(response, { status: 503, text: 'starting', headers: { 'retry-after': '1' } })
}

/** Sets the page's headers with a nonce for its scripts. Next reads the nonce in the request's policy, the layout in `x-nonce`. */
const setPageHeaders = (request: IncomingMessage, response: ServerResponse, options: { dev: boolean; https: boolean }) => {
  const nonce = randomBytes(16).toString('base64')
  const headers = pageHeaders({ nonce, host: request.headers.host ?? null, ...options })
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  request.headers['content-security-policy'] = headers['content-security-policy']
  request.headers['x-nonce'] = nonce
}

export interface WebServerOptions {
  readonly logger: Logger
  readonly throttledWarnings: ThrottledWarnings
  /** Whether the connections of an address are limited. */
  readonly countsAddresses: boolean
  readonly timeouts?: Partial<Record<keyof typeof requestTimeouts, number>>
}

/** How an operator can solve a failure to listen. */
const listenFailures: Readonly<Record<string, (address: { port: number; host: string }) => string>> = {
  EADDRINUSE: ({ port }) => `Another program listens on port ${port}. Stop it, or set PORT to another one.`,
  EACCES: ({ port }) => `Port ${port} needs rights that this user does not have. Set PORT to one above 1023, and use a proxy.`,
  EADDRNOTAVAIL: ({ host }) => `HOST ${host} is not an address of this machine.`,
  ENOTFOUND: ({ host }) => `HOST ${host} cannot be resolved to an address.`,
}

export const createWebServer = (options: WebServerOptions): WebServer => {
  let handler = notYet
  const hasRoom = createRequestGuard(options)
  /** In development Next also handles upgrades. */
  let takesAllUpgrades = false
  const pending = new PendingAnswers()
  // Another protocol, such as the h2c that Java's HTTP client offers, is answered in HTTP/1.1.
  const shouldUpgradeCallback = ({ url, headers, socket }: IncomingMessage) =>
    headers.upgrade?.toLowerCase() === 'websocket' && (takesAllUpgrades || url?.startsWith('/socket.io/') === true) && !pending.has(socket)
  const settings = { ...requestTimeouts, ...options.timeouts, shouldUpgradeCallback, ServerResponse: NosniffResponse }
  const http = createServer(settings, (request, response) => {
    if (!hasRoom(request, response)) return
    handler(request, response).catch((error: unknown) => {
      const requestId = newRequestId()
      options.logger.error({ event: 'page_failed', path: pathOf(request).slice(0, 200), requestId, err: error })
      if (response.headersSent) response.destroy()
      else
        endText(response, {
          status: 500,
          text: `The server could not make this page. Try again in a moment. (${requestId})`,
          headers: { [requestIdHeader]: requestId },
        })
    })
  })
  guardConnections(http, options)
  // The port is opened early, but no client may join a board before this process follows it. Until then connections are closed.
  http.on('connection', (socket) => {
    if (handler === notYet) socket.destroy()
  })
  // Without a listener, an error of the connection would be an uncaught exception.
  http.on('upgrade', (_request, socket: Duplex) => socket.on('error', () => undefined))

  return {
    http,
    listen: (address) => listen(http, address),
    serve(parts) {
      takesAllUpgrades = parts.dev
      refuseMalformed(http)
      pending.follow(http)
      handler = createHandler(parts)
    },
    stopAccepting() {
      http.close()
      http.closeIdleConnections()
    },
    async close() {
      http.closeAllConnections()
      if (http.listening) await new Promise<void>((resolve) => http.close(() => resolve()))
    },
  }
}

const listen = async (http: Server, { port, host }: { port: number; host: string }) => {
  http.listen({ port, host, backlog: connectionLimits.waiting })
  await once(http, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(listenFailures[cause.code ?? '']?.({ port, host }) ?? cause.message, { cause })
  })
  return (http.address() as AddressInfo).port
}

const createHandler =
  ({ api, pages, gate, isSecure, publicUrls, dev }: ServedParts): Handler =>
  async (request, response) => {
    if (!isProbe(pathOf(request))) {
      if (!pages) {
        const { status, headers, body } = problemAnswer(notFound)
        response.writeHead(status, headers).end(body)
        return
      }
      if (subPathOf(request) !== null) {
        endText(response, { status: 404, text: subPathSentence })
        return
      }
    }
    if (!pages || api.usesBypass(request)) return api.answer(request, response)
    const https = isSecure(request)
    // The gate removes the query.
    const address = addressHeaders({ url: request.url ?? '', host: request.headers.host, https, publicUrls })
    if (gate && !(await gate.admit(request, response))) return
    api.prepareForNext(request, response)
    Object.assign(request.headers, address)
    // Requests below /api that go to Next are data, and have other headers than pages.
    if (!request.url?.startsWith('/api/')) setPageHeaders(request, response, { dev, https })
    if (gate) await gate.render(request, response, () => pages.handle(request, response))
    else await pages.handle(request, response)
  }
