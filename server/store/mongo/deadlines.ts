/**
 * How long MongoDB may take. The store waits no longer than these deadlines, and each command carries a limit, so that the server does not
 * continue what the store has given up (`command-options.ts`).
 */

/** What a request or a loop waits for. */
export const quickMs = 5_000
/** Boards, pages of the log and projections: up to millions of documents. */
export const longMs = 30_000
/** Health has to answer before its own deadline. */
export const pingMs = 1_500
/** A group of placements, conflicts included, until its commit is sent. */
export const placingMs = 8_000
/** After that, until the outcome of the commit is known, or is answered as unknown. */
export const settlingMs = 3_000
export const closingMs = 2_000
/**
 * A write of several tiles · of one of them, after the first reached its limit · the last tile begins after · how long a tile that cannot be
 * written is left out.
 */
export const tilesWriteMs = 1_500
export const tileWriteMs = 500
export const lastTileAfterMs = 4_000
export const heldForMs = 3_000

export const maxConnections = 8
/** Calls that wait for a majority at a time: 5 of 8 connections. The others are for placing and for reads that need no majority. */
export const majorityWaitsOf = (connections: number) => Math.max(1, Math.floor((connections * 5) / 8))

export const driverDeadlines = {
  /** An election takes up to 12 s. A group of placements waits for the new primary as long as it may take. */
  serverSelectionTimeoutMS: placingMs,
  connectTimeoutMS: 3_000,
  /** The monitor sends a `hello` this often. Without an answer within `connectTimeoutMS`, waiting commands are given up. */
  heartbeatFrequencyMS: 2_000,
  /** The longest silence of a connection that still answers the monitor. */
  socketTimeoutMS: 20_000,
  /** A call waits no longer than this for one of the connections. */
  waitQueueTimeoutMS: 5_000,
} as const
