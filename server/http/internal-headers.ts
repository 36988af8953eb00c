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

/** `fresco-lane: next` sends a request through Next also where the custom server would answer it: for tests that compare. */
export const laneHeader = 'fresco-lane'
