/**
 * The HTTP server on the port. The bypass answers API requests; pages get their security headers and a nonce, and go to Next. A
 * process without the web role answers only probes and metrics.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { connectionLimits, createRequestGuard, guardConnections, requestTimeouts } from './http/connection-guard.ts'
import type { NodeAdapter } from './http/node-adapter.ts'
import { NosniffResponse } from './http/nosniff-response.ts'
import type { PageGate } from './http/page-gate.ts'
import { createPendingAnswers } from './http/pending-answers.ts'
import { problemAnswer } from './http/problem.ts'
import { refuseMalformed } from './http/refuse-malformed.ts'
import { pageHeaders } from './http/security-headers.ts'
import { subPathOf, subPathSentence } from './http/sub-path.ts'
import type { Logger } from './observability/log.ts'
import type { ThrottledWarnings } from './observability/throttled-warnings.ts'
import type { Pages } from './pages.ts'
import { notFound } from './refusals.ts'

export interface WebServer {
  readonly http: Server
  /** Answers the port, which is a free one when 0 was asked for. @throws when it is taken. */
  listen(address: { port: number; host: string }): Promise<number>
  /** Takes the API and the pages into service. Until then connections are closed at once. */
  serve(parts: ServedParts): void
  /** No new connections; those that are open end with the request they are in. */
  stopAccepting(): void
  close(): Promise<void>
}

export interface ServedParts {
  readonly api: NodeAdapter
  readonly pages: Pages | null
  /** Null lets every request through to Next: its development server has paths and headers of its own. */
  readonly gate: PageGate | null
  readonly isSecure: (request: IncomingMessage) => boolean
  readonly dev: boolean
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

const notYet: Handler = async (_request, response) => {
  response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' }).end('starting')
}

/** What every role answers. */
const isProbe = ({ url }: IncomingMessage) => /^\/(livez|readyz|metrics|api\/health)(\?|$)/.test(url ?? '')

/** A nonce for the page's scripts: Next finds it in the request's policy, the layout in `x-nonce`. */
const dressPage = (request: IncomingMessage, response: ServerResponse, options: { dev: boolean; https: boolean }) => {
  const nonce = randomBytes(16).toString('base64')
  const headers = pageHeaders({ nonce, host: request.headers.host ?? null, ...options })
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  request.headers['content-security-policy'] = headers['content-security-policy']
  request.headers['x-nonce'] = nonce
}

export interface WebServerOptions {
  readonly logger: Logger
  readonly throttledWarnings: ThrottledWarnings
  /** Whether an address may hold a bounded number of connections only. */
  readonly countsAddresses: boolean
  readonly timeouts?: Partial<Record<keyof typeof requestTimeouts, number>>
}

/** What to do about a port that cannot be had. */
const listenFailures: Readonly<Record<string, (address: { port: number; host: string }) => string>> = {
  EADDRINUSE: ({ port }) => `Another program listens on port ${port}. Stop it, or set PORT to another one.`,
  EACCES: ({ port }) => `Port ${port} needs rights that this user does not have. Set PORT to one above 1023, and put a proxy in front.`,
  EADDRNOTAVAIL: ({ host }) => `HOST ${host} is no address of this machine.`,
  ENOTFOUND: ({ host }) => `HOST ${host} cannot be resolved to an address.`,
}

export const createWebServer = (options: WebServerOptions): WebServer => {
  let handler = notYet
  const hasRoom = createRequestGuard(options)
  /** Next's own upgrades, in development. */
  let takesAllUpgrades = false
  // A client that offers another protocol, as Java's HTTP client does with h2c, is answered in HTTP/1.1.
  const pending = createPendingAnswers()
  const shouldUpgradeCallback = ({ url, headers, socket }: IncomingMessage) =>
    headers.upgrade?.toLowerCase() === 'websocket' && (takesAllUpgrades || url?.startsWith('/socket.io/') === true) && !pending.has(socket)
  const settings = { ...requestTimeouts, ...options.timeouts, shouldUpgradeCallback, ServerResponse: NosniffResponse }
  const http = createServer(settings, (request, response) => {
    if (!hasRoom(request, response)) return
    handler(request, response).catch((error: unknown) => {
      options.logger.error({ event: 'page_failed', path: request.url?.slice(0, 200), err: error })
      if (!response.headersSent)
        response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end('This page could not be made.')
      else response.destroy()
    })
  })
  guardConnections(http, options)
  // The port is claimed early, but no client may join a board before this process follows it. Until then connections are closed.
  http.on('connection', (socket) => {
    if (handler === notYet) socket.destroy()
  })
  // Without a listener, an error of the connection would be an uncaught exception.
  http.on('upgrade', (_request, socket: Duplex) => socket.on('error', () => undefined))

  return {
    http,
    async listen({ port, host }) {
      http.listen({ port, host, backlog: connectionLimits.waiting })
      await once(http, 'listening').catch((cause: NodeJS.ErrnoException) => {
        throw new Error(listenFailures[cause.code ?? '']?.({ port, host }) ?? cause.message, { cause })
      })
      return (http.address() as AddressInfo).port
    },
    serve({ api, pages, gate, isSecure, dev }) {
      takesAllUpgrades = dev
      refuseMalformed(http)
      pending.follow(http)
      handler = async (request, response) => {
        if (!pages && !isProbe(request)) {
          const { status, headers, body } = problemAnswer(notFound)
          response.writeHead(status, headers).end(body)
          return
        }
        if (pages && subPathOf(request) !== null && !isProbe(request)) {
          response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(subPathSentence)
          return
        }
        if (!pages || api.takes(request)) return api.answer(request, response)
        if (gate && !(await gate.admit(request, response))) return
        const https = isSecure(request)
        api.handOver(request, response)
        // What goes to Next below /api is data and has its own headers.
        if (!request.url?.startsWith('/api/')) dressPage(request, response, { dev, https })
        if (gate) await gate.render(request, response, () => pages.handle(request, response))
        else await pages.handle(request, response)
      }
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
