/**
 * Decides which requests reach Next. Rendering a page costs many times what an API request costs, so every request counts against the
 * limit of its address, except for existing static files.
 *
 * Next has its own protocol in headers, queries and paths (server actions, prefetches, data, images, rewrites), and Fresco uses none
 * of it. So Next gets paths without a query, none of its internal paths except static files, and a short list of headers
 * (`internal-headers.ts`).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Refusal, retryAfterSeconds } from '../../lib/refusal.ts'
import { requestCosts } from '../limits/limits.ts'
import type { CostlyWork } from './costly-work.ts'
import { internalHeaders } from './internal-headers.ts'
import { endText, type PlainText } from './plain-text.ts'
import { requestIdHeader } from './request-id-header.ts'
import { pathOf } from './request-target.ts'

/** No page has a longer path. */
const maxPathLength = 1_024

export interface PageGateOptions {
  /** Counts a request against the limit of its address. Null: it may be answered. */
  readonly count: (request: IncomingMessage, cost: number) => Promise<Refusal | null>
  /** The paths of the files for browsers, such as `/_next/static/chunks/a.js`. */
  readonly staticFiles: ReadonlySet<string>
  readonly costly: Pick<CostlyWork, 'run'>
}

export const createPageGate = ({ count, staticFiles, costly }: PageGateOptions) => {
  const isData = (path: string) => path.startsWith('/api/')
  const isStaticFile = (path: string) => staticFiles.has(decodeURIComponent(path))
  return {
    /** False: the request was answered with a refusal. */
    async admit(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
      const path = pathOf(request)
      // A request that is refused without Next costs no more than any other request.
      const refusal = isData(path) ? null : refusalOf(request, path, isStaticFile)
      if (isData(path) || refusal || !isStaticFile(path)) {
        const limited = await count(request, isData(path) || refusal ? 1 : requestCosts.page)
        if (limited) return refuse(response, pageRefusalOf(limited))
      }
      if (refusal) return refuse(response, refusal)
      if (!isData(path)) request.url = path
      return true
    },
    /** Calls `handle` at once for data and static files, and in turn for a page. Call it with the internal headers written. */
    async render(request: IncomingMessage, response: ServerResponse, handle: () => Promise<void>): Promise<void> {
      const path = pathOf(request)
      if (isData(path) || isStaticFile(path)) return handle()
      const made = await costly.run(String(request.headers[internalHeaders.address]), async () => {
        if (response.destroyed) return { ended: Promise.resolve() }
        const headers = headersOf(response)
        const ended = handle()
        // A slow reader does not hold the turn.
        await Promise.race([ended, headers])
        return { ended }
      })
      if (made.ok) await made.value.ended
      else refuse(response, pageRefusalOf(made.refusal))
    },
  }
}

export type PageGate = ReturnType<typeof createPageGate>

/** Resolves when the headers are written, which nearly always means that the page is rendered. */
const headersOf = (response: ServerResponse) =>
  new Promise<void>((resolve) => {
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse
    response.writeHead = (...args: unknown[]) => {
      resolve()
      return writeHead(...args)
    }
    response.once('close', resolve)
  })

const refusalOf = (request: IncomingMessage, path: string, isStaticFile: (path: string) => boolean): PlainText | null => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, text: 'Method not allowed. Allowed: GET, HEAD.', headers: { allow: 'GET, HEAD' } }
  }
  if (hasBody(request)) return { status: 400, text: 'A request for a page must have no body.' }
  if (path.length > maxPathLength) return { status: 414, text: 'This address is too long.' }
  if (hasDots(path) || (isInternal(path) && !isStaticFile(path))) return { status: 404, text: 'There is nothing at this address.' }
  return null
}

const hasBody = ({ headers }: IncomingMessage) => headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** Next resolves `/x/../_next/image` to `/_next/image`. Browsers resolve such paths before the request. */
const hasDots = (path: string) => /(^|[\\/])\.{1,2}([\\/]|$)/.test(decodeURIComponent(path))

/** Next's own paths in any spelling: with doubled or reversed slashes, or encoded letters. */
const isInternal = (path: string) => /^[\\/]+_(next|_next)/i.test(decodeURIComponent(path))

const pageRefusalOf = ({ code, detail, retryAfterMs = 1_000, requestId }: Refusal): PlainText => ({
  status: code === 'overloaded' ? 503 : 429,
  text: detail,
  headers: { 'retry-after': String(retryAfterSeconds(retryAfterMs)), ...(requestId !== undefined && { [requestIdHeader]: requestId }) },
})

/** Closes the connection after the answer, because the body of the request is not read. */
const refuse = (response: ServerResponse, refusal: PlainText) => {
  endText(response, { ...refusal, headers: { ...refusal.headers, connection: 'close' } })
  return false
}
