/**
 * A request and an answer as plain values, which the API's handlers take and return.
 *
 * A Web `Request` and `Response` cost 30 µs for each request, as much as the rest of a placement. So only `web-adapter.ts` uses them,
 * for Next; `node-adapter.ts` does the same for node:http, before Next.
 */
import type { ProblemCode } from '../../lib/refusal.ts'

/** The verified origin of a request, computed once by the server that holds the socket. */
export interface Peer {
  /** The client's address, behind the number of proxies in TRUST_PROXY. */
  readonly address: string
  /** There are no forwarding headers, so there is no proxy. */
  readonly direct: boolean
  /** The browser's protocol, from a trusted proxy; null when unknown. */
  readonly protocol: 'http' | 'https' | null
}

export type Body = { ok: true; bytes: Uint8Array } | { ok: false; why: 'too_large' | 'too_slow' | 'disconnected' }

export interface ApiRequest {
  readonly method: string
  readonly pathname: string
  /** With its `?`, or empty. */
  readonly search: string
  readonly peer: Peer
  /** Aborted when the client disconnects before its answer. */
  readonly signal: AbortSignal
  /** `name` in lower case. */
  header(name: string): string | null
  /** Reads the body, once. Before this call nothing of it is read. */
  body(limit: { maxBytes: number; maxMs: number }): Promise<Body>
}

export interface Answer {
  readonly status: number
  /** Names in lower case. `content-length` is the adapter's. */
  readonly headers: Readonly<Record<string, string>>
  /** The code of a refusal, which the body also has. */
  readonly refusal?: ProblemCode
  /** A stream is for large answers. If it fails, the connection is closed. */
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null
}

/** Not cached by default, because many answers are private. */
export const json = (status: number, value: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
})

export const text = (status: number, value: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: value,
})

export const noContent = (headers?: Readonly<Record<string, string>>): Answer => ({
  status: 204,
  headers: { 'cache-control': 'no-store', ...headers },
  body: null,
})

/** The same answer with more headers. */
export const withHeaders = (answer: Answer, headers: Readonly<Record<string, string>>): Answer => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
})
