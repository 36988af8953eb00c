/**
 * The fast lane: node:http's request and response ⇄ the API's exchange, without Next and without the Web's streams.
 *
 * A body is read only when a handler asks for it, within a size and a time. When the outcome of a placement is unknown, the
 * connection is closed without an answer (A1). It also hands requests over to Next: what the handlers behind it need to know
 * about the connection goes along in internal headers, and whatever a client sent under their names is removed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Complaints } from '../observability/complaints.ts'
import type { Logger } from '../observability/log.ts'
import type { Api } from './api.ts'
import type { ClientAddresses } from './client-address.ts'
import type { Answer, ApiRequest, Body, Peer } from './exchange.ts'
import { internalHeaders, laneHeader } from './internal-headers.ts'
import type { OpenExchanges } from './open-exchanges.ts'

export interface NodeAdapter {
  /** Whether this request is answered here. The others go to Next, through `handOver`. */
  takes(request: IncomingMessage): boolean
  /** Never rejects. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Writes the internal headers. Call it for every request that goes on to Next. */
  handOver(request: IncomingMessage, response: ServerResponse): void
}

export interface NodeAdapterOptions {
  readonly api: Api
  readonly addresses: ClientAddresses
  readonly exchanges: OpenExchanges
  readonly complaints: Complaints
  readonly logger: Logger
  /** How long a refused body is still thrown away before the connection is closed. */
  readonly lingerMs?: number
  /** How long a client may take nothing of an answer. Whoever never reads would hold a large board, or one of few slots, for ever. */
  readonly unreadMs?: number
}

export const createNodeAdapter = (options: NodeAdapterOptions): NodeAdapter => {
  const { api, addresses, exchanges, complaints, logger, lingerMs = 5_000, unreadMs = 30_000 } = options
  const bounds: Bounds = { complaints, lingerMs, unreadMs }
  return {
    takes(request) {
      const pathname = pathOf(request)
      if (request.headers[laneHeader] === 'next' && pathname.startsWith('/api/')) return false
      return api.isFast(request.method ?? '', pathname)
    },
    async answer(request, response) {
      try {
        const exchange = new NodeExchange({ request, response, peer: addresses.peerOf(request), bounds })
        const answer = await api.answer(exchange)
        if (answer.body instanceof ReadableStream) await exchange.sendStream(answer, answer.body)
        else exchange.send(answer, answer.body)
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'outcome_unknown') logger.debug({ event: 'answer_cut_off', err: error })
        request.socket.destroy()
      }
    },
    handOver(request, response) {
      const { address, direct, protocol } = addresses.peerOf(request)
      const { headers } = request
      headers[internalHeaders.address] = address
      headers[internalHeaders.direct] = direct ? '1' : '0'
      headers[internalHeaders.protocol] = protocol ?? ''
      headers[internalHeaders.exchange] = exchanges.open(response)
    },
  }
}

const pathOf = ({ url = '/' }: IncomingMessage) => {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

type Bounds = Required<Pick<NodeAdapterOptions, 'complaints' | 'lingerMs' | 'unreadMs'>>

/** What the kernel takes of an answer at once, nearly always. */
const surelySentBytes = 65_536

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

  /** Made when it is asked for: few handlers work long enough to need it. */
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
        request.off('data', take).off('end', end).off('close', gone)
        resolve(body)
      }
      const take = (chunk: Buffer) => {
        size += chunk.length
        if (size > maxBytes) return finish({ ok: false, why: 'too_large' })
        chunks.push(chunk)
      }
      const end = () => finish({ ok: true, bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) })
      const gone = () => finish({ ok: false, why: 'gone' })
      const timer = setTimeout(() => {
        this.#complain('slow_request_cut_off')
        finish({ ok: false, why: 'too_slow' })
      }, maxMs)
      request.on('data', take).on('end', end).on('close', gone)
    })
  }

  send({ status, headers }: Answer, body: string | Uint8Array | null) {
    const response = this.#response
    if (response.destroyed) return
    this.#boundRest()
    const length = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length
    if (length > surelySentBytes) this.#boundReading()
    // 204 and 304 have no body by definition, and HEAD may leave one unmade; a length would mislead.
    const hasLength = status !== 204 && status !== 304 && (body !== null || this.method !== 'HEAD')
    response.writeHead(status, hasLength ? { ...headers, 'content-length': length } : headers)
    response.end(this.method === 'HEAD' ? undefined : (body ?? undefined))
  }

  async sendStream({ status, headers }: Answer, body: ReadableStream<Uint8Array>) {
    const response = this.#response
    if (response.destroyed) return
    this.#boundRest()
    this.#boundReading()
    response.writeHead(status, headers)
    await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), response)
  }

  #boundReading() {
    this.#response.setTimeout(this.#bounds.unreadMs, () => {
      this.#complain('slow_client_cut_off')
      this.#request.socket.destroy()
    })
  }

  /**
   * A refusal may come before the body has. node:http then reads the rest and drops it, so that the client sees the answer and not a
   * reset connection. One that goes on sending for too long is cut off.
   */
  #boundRest() {
    const request = this.#request
    if (request.complete) return
    this.#response.once('finish', () => {
      const timer = setTimeout(() => {
        if (request.complete) return
        this.#complain('slow_request_cut_off')
        request.destroy()
      }, this.#bounds.lingerMs)
      timer.unref()
      request.once('close', () => clearTimeout(timer))
    })
  }

  #complain(about: 'slow_request_cut_off' | 'slow_client_cut_off') {
    this.#bounds.complaints.about(this.peer.address, about)
  }
}
