/**
 * The bypass: answers API requests from node:http directly, without Next and without the Web's streams. Passes the other requests
 * to Next, with the facts about the connection in internal headers.
 *
 * A body is read only when a handler requests it, within a size and a time. When the outcome of a placement is unknown, the
 * connection is closed without an answer (A1).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Refusal } from '../../lib/refusal.ts'
import { createSharedCounts, type SharedCounts } from '../limits/address-counts.ts'
import type { Logger } from '../observability/log.ts'
import type { ThrottledWarnings, WarningEvent } from '../observability/throttled-warnings.ts'
import { named } from '../request-id.ts'
import { type AnswerWatch, createAnswerWatch } from './answer-watch.ts'
import type { Api } from './api.ts'
import type { ClientAddresses } from './client-address.ts'
import type { Answer, ApiRequest, Body, Peer } from './exchange.ts'
import { bypassHeaderName, internalHeaders, removeUnknownHeaders } from './internal-headers.ts'
import type { OpenExchanges } from './open-exchanges.ts'
import { problemAnswer } from './problem.ts'
import { noteRequestId } from './request-id-header.ts'
import { pathOf } from './request-target.ts'

export interface NodeAdapterOptions {
  readonly api: Api
  readonly addresses: ClientAddresses
  readonly next: {
    /** Whether a header may turn the bypass off. For tests. */
    readonly bypassHeader: boolean
    /** Next's development server uses further headers, so all headers are passed on. */
    readonly dev: boolean
  }
  readonly bounds: {
    /** Whether the unread bytes of an address are bounded. */
    readonly countsAddresses: boolean
    /** How long a refused body is discarded before the connection is closed. */
    readonly lingerMs?: number
    /** How long a client may read nothing of an answer. */
    readonly unreadMs?: number
  }
  readonly exchanges: OpenExchanges
  readonly throttledWarnings: ThrottledWarnings
  readonly logger: Logger
  /** Milliseconds, for durations. */
  readonly monotonicNow: () => number
}

export const createNodeAdapter = (options: NodeAdapterOptions) => {
  const { api, addresses, exchanges, throttledWarnings, logger } = options
  const { lingerMs = 5_000, unreadMs } = options.bounds
  const watch = createAnswerWatch({ now: options.monotonicNow, ...(unreadMs === undefined ? {} : { silentMs: unreadMs }) })
  const bounds: Bounds = { throttledWarnings, lingerMs, watch, unsent: createSharedCounts(unsentLimits, options.bounds.countsAddresses) }
  return {
    /** Whether `answer` answers this request. The others go to Next, through `prepareForNext`. */
    usesBypass(request: IncomingMessage): boolean {
      const pathname = pathOf(request)
      if (options.next.bypassHeader && request.headers[bypassHeaderName] === 'off' && pathname.startsWith('/api/')) return false
      return api.usesBypass(request.method ?? '', pathname)
    },
    /** Never rejects. */
    async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      try {
        const exchange = new NodeExchange({ request, response, peer: addresses.peerOf(request), bounds })
        const answer = await api.answer(exchange)
        if (answer.body instanceof ReadableStream) await exchange.sendStream(answer, answer.body)
        else await exchange.send(answer, answer.body)
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'outcome_unknown') logger.debug({ event: 'answer_cut_off', err: error })
        request.socket.destroy()
      }
    },
    /** Leaves only the headers that Next may read, and adds the internal ones. Call it for every request that goes to Next. */
    prepareForNext(request: IncomingMessage, response: ServerResponse) {
      const { address, direct, protocol } = addresses.peerOf(request)
      const { headers } = request
      if (!options.next.dev) removeUnknownHeaders(headers)
      headers[internalHeaders.address] = address
      headers[internalHeaders.direct] = direct ? '1' : '0'
      headers[internalHeaders.protocol] = protocol ?? ''
      headers[internalHeaders.exchange] = exchanges.open(response)
      if (!options.next.dev)
        watch.watch(response, { isLarge: false, onCutOff: () => throttledWarnings.warn(address, 'slow_client_cut_off') })
    },
  }
}

export type NodeAdapter = ReturnType<typeof createNodeAdapter>

/** Bytes of answers that clients have not read yet (A6). The number of requests on a connection bounds smaller answers. */
export const unsentLimits = { ofAddress: 32 * 1_048_576, ofProcess: 256 * 1_048_576, countedBytes: 4_096 } as const

interface Bounds {
  readonly throttledWarnings: ThrottledWarnings
  readonly lingerMs: number
  readonly watch: AnswerWatch
  readonly unsent: SharedCounts
}

/** A larger answer is written in parts of this size, which shows how much of it the client has read. */
const partBytes = 65_536

const unreadRefusals = {
  address: { code: 'rate_limited', detail: 'Too many unread answers for this address. Read them first.', retryAfterMs: 1_000 },
  process: { code: 'overloaded', detail: 'Too many unread answers. Try again in a moment.', retryAfterMs: 1_000 },
} as const satisfies Record<string, Refusal>

function* partsOf(body: Uint8Array) {
  for (let at = 0; at < body.length; at += partBytes) yield body.subarray(at, at + partBytes)
}

class NodeExchange implements ApiRequest {
  readonly method: string
  readonly pathname: string
  readonly search: string
  readonly peer: Peer
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #bounds: Bounds
  #controller: AbortController | null = null

  constructor(options: { request: IncomingMessage; response: ServerResponse; peer: Peer; bounds: Bounds }) {
    const { request, response, peer, bounds } = options
    this.#request = request
    this.#response = response
    this.#bounds = bounds
    this.method = request.method ?? 'GET'
    this.pathname = pathOf(request)
    this.search = request.url?.slice(this.pathname.length) ?? ''
    this.peer = peer
  }

  /** Created on first use, because few handlers need it. */
  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    const controller = new AbortController()
    this.#controller = controller
    const response = this.#response
    response.once('close', () => {
      if (!response.writableFinished) controller.abort()
    })
    return controller.signal
  }

  header(name: string): string | null {
    const value = this.#request.headers[name]
    return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value
  }

  body({ maxBytes, maxMs }: { maxBytes: number; maxMs: number }): Promise<Body> {
    const request = this.#request
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve({ ok: false, why: 'too_large' })
    return new Promise((resolve) => {
      const chunks: Buffer[] = []
      let size = 0
      const finish = (body: Body) => {
        clearTimeout(timer)
        request.off('data', take).off('end', end).off('close', disconnected)
        resolve(body)
      }
      const take = (chunk: Buffer) => {
        size += chunk.length
        if (size > maxBytes) return finish({ ok: false, why: 'too_large' })
        chunks.push(chunk)
      }
      const end = () => finish({ ok: true, bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) })
      const disconnected = () => finish({ ok: false, why: 'disconnected' })
      const timer = setTimeout(() => {
        this.#warn('slow_request_cut_off')
        finish({ ok: false, why: 'too_slow' })
      }, maxMs)
      request.on('data', take).on('end', end).on('close', disconnected)
    })
  }

  async send(answer: Answer, body: string | Uint8Array | null) {
    const response = this.#response
    if (response.destroyed) return
    this.#boundRest()
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const full = this.method === 'HEAD' || this.#takeUnsent(bytes?.length ?? 0)
    if (full === true) return this.#write(answer, bytes)
    const refused = named(unreadRefusals[full])
    this.#warn('requests_refused', { unread: full, requestId: refused.requestId })
    const refusal = problemAnswer(refused)
    await this.#write(refusal, Buffer.from(String(refusal.body)))
  }

  async sendStream({ status, headers }: Answer, body: ReadableStream<Uint8Array>) {
    const response = this.#response
    if (response.destroyed) return
    this.#boundRest()
    response.writeHead(status, headers)
    this.#watch(true)
    await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), response)
  }

  async #write({ status, headers }: Answer, body: Uint8Array | null) {
    const response = this.#response
    // 204 and 304 have no body, and a handler may leave out the body for HEAD; a length would be wrong.
    const hasLength = status !== 204 && status !== 304 && (body !== null || this.method !== 'HEAD')
    noteRequestId(response, headers)
    response.writeHead(status, hasLength ? { ...headers, 'content-length': body?.length ?? 0 } : headers)
    if (this.method === 'HEAD' || body === null) return void response.end()
    if (body.length > partBytes) {
      this.#watch(true)
      await pipeline(Readable.from(partsOf(body)), response)
      return
    }
    response.end(body)
    if (response.socket?.writableLength !== 0) this.#watch(false)
  }

  /** Counts the bytes until the client has read them. Returns the exceeded limit, or true. */
  #takeUnsent(bytes: number): 'address' | 'process' | true {
    if (bytes <= unsentLimits.countedBytes) return true
    const { address } = this.peer
    const full = this.#bounds.unsent.take(address, bytes)
    if (full !== null) return full
    this.#response.once('close', () => this.#bounds.unsent.release(address, bytes))
    return true
  }

  #watch(isLarge: boolean) {
    this.#bounds.watch.watch(this.#response, { isLarge, onCutOff: () => this.#warn('slow_client_cut_off') })
  }

  /**
   * A refusal may be sent before the whole body has arrived. node:http then reads and drops the rest, so that the client gets the answer
   * and not a reset connection. A client that sends for too long is disconnected.
   */
  #boundRest() {
    const request = this.#request
    if (request.complete) return
    this.#response.once('finish', () => {
      const timer = setTimeout(() => {
        if (request.complete) return
        this.#warn('slow_request_cut_off')
        request.destroy()
      }, this.#bounds.lingerMs)
      timer.unref()
      request.once('close', () => clearTimeout(timer))
    })
  }

  #warn(about: WarningEvent, details: Readonly<Record<string, string>> = {}) {
    this.#bounds.throttledWarnings.warn(this.peer.address, about, details)
  }
}
