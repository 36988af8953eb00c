/**
 * How long frames are gathered when pixels come faster than they can be sent well: 16 ms for a few sockets, growing with their
 * number to 250 ms. One flush costs some 6 µs of CPU per socket, so with 35 µs of window per socket a busy gateway spends
 * about a sixth of its core on sending.
 */
export const flushWindowMs = (sockets: number) => Math.min(250, Math.max(16, Math.round(sockets * 0.035)))
