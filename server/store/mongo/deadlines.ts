/**
 * How long MongoDB may take, all in one place. A server that hangs takes connections and commands and never answers, so every call of
 * the store has a deadline of its own; those of the driver see to it that what was given up does not hold a connection for ever.
 */

/** What a request or a loop waits for. */
export const quickMs = 5_000
/** Boards, pages of the log and projections: up to millions of documents. */
export const longMs = 30_000
/** A group of placements, conflicts included, until its commit is sent. */
export const placingMs = 8_000
/** After that, until the outcome of the commit is found out or told to be unknown. */
export const settlingMs = 3_000
export const closingMs = 2_000

export const driverDeadlines = {
  serverSelectionTimeoutMS: 3_000,
  connectTimeoutMS: 3_000,
  /** The monitor asks this often; when it is not answered within `connectTimeoutMS`, commands that wait for an answer are given up. */
  heartbeatFrequencyMS: 2_000,
  /** The longest silence of a connection that the monitor finds in order. */
  socketTimeoutMS: 20_000,
  /** The pool has eight connections; whoever waits for one longer than this is refused. */
  waitQueueTimeoutMS: 5_000,
} as const
