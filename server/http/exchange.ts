/**
 * A request and an answer as plain values, which the API's handlers take and return.
 *
 * A Web `Request` and `Response` cost 30 µs for each request, as much as the rest of a placement. So only `web-adapter.ts` uses them,
 * for Next; `node-adapter.ts` does the same for node:http, before Next.
 */

/** Where a request came from, as far as it can be believed. Computed once, by the server that holds the socket. */
export interface Peer {
  /** The client's address, behind as many proxies as TRUST_PROXY says. */
  readonly address: string
  /** No proxy was in between: there are no forwarding headers. */
  readonly direct: boolean
  /** What a trusted proxy says that the browser spoke; null when nobody says. */
  readonly protocol: 'http' | 'https' | null
}

export type Body =
  | { ok: true; bytes: Uint8Array }
  /** `gone`: the client hung up, so nobody will read the answer. */
  | { ok: false; why: 'too_large' | 'too_slow' | 'gone' }

export interface ApiRequest {
  readonly method: string
  readonly pathname: string
  /** With its `?`, or empty. */
  readonly search: string
  readonly peer: Peer
  /** Aborted when the client is gone before it had its answer. */
  readonly signal: AbortSignal
  /** `name` in lower case. */
  header(name: string): string | null
  /** Reads the body, once. Nothing of it is taken off the wire before this is called. */
  body(limit: { maxBytes: number; maxMs: number }): Promise<Body>
}

export interface Answer {
  readonly status: number
  /** Names in lower case. `content-length` is the adapter's. */
  readonly headers: Readonly<Record<string, string>>
  /** A stream is for what would not fit in memory; when it fails half way, the connection is closed. */
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null
}

/** Private answers are not to be kept by anybody, so that is the default. */
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
