/**
 * Headers that the custom server writes for the handlers behind Next, where the socket cannot be seen. Whatever a client sends
 * under these names is removed first.
 */
export const internalHeaders = {
  /** The client's address. */
  address: 'x-fresco-address',
  /** `1` when no proxy was in between. (Next adds forwarding headers of its own to every request.) */
  direct: 'x-fresco-direct',
  /** `http` or `https`, as a trusted proxy says. */
  protocol: 'x-fresco-protocol',
  /** Names the exchange, so that a placement of unknown outcome can have its connection closed. */
  exchange: 'x-fresco-exchange',
} as const

/** `fresco-lane: next` sends a request through Next also where the custom server would answer it: for tests that compare, and ignored otherwise. */
export const laneHeader = 'fresco-lane'

/** What the pages and the routes behind Next read. Next keeps protocols of its own in many other headers, and Fresco uses none of them. */
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

/** Removes every header that Next must not get from outside, names of internal headers too. */
export const removeUnknownHeaders = (headers: Record<string, unknown>) => {
  for (const name of Object.keys(headers)) if (!passedHeaders.has(name)) delete headers[name]
}
