/**
 * Headers that the custom server writes for the handlers behind Next, which have no socket. Headers of a client with these names
 * are removed first.
 */
export const internalHeaders = {
  /** The client's address. */
  address: 'x-fresco-address',
  /** `1` without a proxy. Next adds forwarding headers to every request. */
  direct: 'x-fresco-direct',
  /** `http` or `https`, from a trusted proxy. */
  protocol: 'x-fresco-protocol',
  /** Names the exchange, so that a placement of unknown outcome can have its connection closed. */
  exchange: 'x-fresco-exchange',
} as const

/** `fresco-bypass: off` sends a request through Next where the custom server would answer it. For tests that compare the two. */
export const bypassHeaderName = 'fresco-bypass'

/** The headers that pages and routes behind Next read. Next uses many others for protocols that Fresco does not use. */
const passedHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'expect',
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'cookie',
  'idempotency-key',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'origin',
  'range',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'user-agent',
])

/** Removes every header that Next must not get from a client, including the internal ones. */
export const removeUnknownHeaders = (headers: Record<string, unknown>) => {
  for (const name of Object.keys(headers)) if (!passedHeaders.has(name)) delete headers[name]
}
