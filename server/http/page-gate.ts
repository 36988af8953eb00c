/**
 * Decides which requests reach Next. Rendering a page costs many times what the API costs, so everything but
 * an existing static file is counted first, also what is answered with 404.
 *
 * Next keeps a protocol of its own in headers, queries and paths (server actions, prefetches, data, images, rewrites). Fresco uses none
 * of it: its pages are plain documents. So Next gets paths without a query, no path of its own but existing static files, and a short
 * list of headers (`internal-headers.ts`).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Refusal } from '../../lib/refusal.ts'
import { requestCosts } from '../limits/limits.ts'
import type { CostlyWork } from './costly-work.ts'
import { internalHeaders } from './internal-headers.ts'

/** A longer path is no page. */
const maxPathLength = 1_024

export interface PageGateOptions {
  /** Counts a request against the limits of its address. Null: go on. */
  readonly count: (request: IncomingMessage, cost: number) => Promise<Refusal | null>
  /** The paths of the files that are there for browsers, such as `/_next/static/chunks/a.js`. */
  readonly staticFiles: ReadonlySet<string>
  readonly costly: Pick<CostlyWork, 'run'>
}

export interface PageGate {
  /** False: the request was answered with a refusal. */
  admit(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Calls `handle` at once for data and static files, and in its turn for a page. Call it with the internal headers written. */
  render(request: IncomingMessage, response: ServerResponse, handle: () => Promise<void>): Promise<void>
}

export const createPageGate = ({ count, staticFiles, costly }: PageGateOptions): PageGate => ({
  async admit(request, response) {
    const path = pathOf(request)
    const isData = path.startsWith('/api/')
    // What is refused without Next costs no more than any request.
    const refusal = isData ? null : refusalOf(request, path, staticFiles)
    if (isData || refusal || !isStaticFile(path, staticFiles)) {
      const limited = await count(request, isData || refusal ? 1 : requestCosts.page)
      if (limited) return refuse(response, pageRefusalOf(limited))
    }
    if (isData) return true
    if (refusal) return refuse(response, refusal)
    request.url = path
    return true
  },
  async render(request, response, handle) {
    const path = pathOf(request)
    if (path.startsWith('/api/') || isStaticFile(path, staticFiles)) return handle()
    const made = await costly.run(String(request.headers[internalHeaders.address]), async () => {
      if (response.destroyed) return { ended: Promise.resolve() }
      const headers = headersOf(response)
      const ended = handle()
      // Whoever reads slowly does not hold the turn.
      await Promise.race([ended, headers])
      return { ended }
    })
    if (made.ok) await made.value.ended
    else refuse(response, pageRefusalOf(made.refusal))
  },
})

/** Resolves when the headers are written: the page is rendered then, nearly always. */
const headersOf = (response: ServerResponse) =>
  new Promise<void>((resolve) => {
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse
    response.writeHead = (...args: unknown[]) => {
      resolve()
      return writeHead(...args)
    }
    response.once('close', resolve)
  })

interface PageRefusal {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

const refusalOf = (request: IncomingMessage, path: string, staticFiles: ReadonlySet<string>): PageRefusal | null => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, text: 'Method not allowed. Allowed: GET, HEAD.', headers: { allow: 'GET, HEAD' } }
  }
  if (hasBody(request)) return { status: 400, text: 'A request for a page has no body.' }
  if (path.length > maxPathLength) return { status: 414, text: 'This address is too long.' }
  if (hasDots(path) || (isInternal(path) && !isStaticFile(path, staticFiles)))
    return { status: 404, text: 'There is nothing at this address.' }
  return null
}

const hasBody = ({ headers }: IncomingMessage) => headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

const pathOf = ({ url = '/' }: IncomingMessage) => url.split('?', 1)[0] ?? '/'

/** Next takes `/x/../_next/image` for `/_next/image`. Browsers resolve such paths before they ask. */
const hasDots = (path: string) => /(^|[\\/])\.{1,2}([\\/]|$)/.test(decodeURIComponent(path))

/** Next's own paths, in any spelling: slashes may be doubled or reversed, and letters may be encoded. */
const isInternal = (path: string) => /^[\\/]+_(next|_next)/i.test(decodeURIComponent(path))

const isStaticFile = (path: string, staticFiles: ReadonlySet<string>) => staticFiles.has(decodeURIComponent(path))

const pageRefusalOf = ({ code, detail, retryAfterMs = 1_000 }: Refusal): PageRefusal => ({
  status: code === 'overloaded' ? 503 : 429,
  text: detail ?? 'Too many requests.',
  headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) },
})

/** The connection ends with the answer: a body that was refused is not read. */
const refuse = (response: ServerResponse, { status, text, headers }: PageRefusal) => {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  response.writeHead(status, { ...type, ...headers, connection: 'close' }).end(text)
  return false
}
