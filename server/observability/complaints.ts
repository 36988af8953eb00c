/**
 * What one address does to us, in the log once a minute and not once for each time: a flood must not become a flood of lines.
 *
 * The first time is told at once; how often it came since then is told with the next one, after a minute at the earliest.
 */
import type { Logger } from './log.ts'

export type Complaint =
  | 'connections_refused'
  | 'sockets_refused'
  | 'requests_refused'
  | 'message_flood_cut_off'
  | 'slow_client_cut_off'
  | 'slow_request_cut_off'
  | 'malformed_request'
  | 'sign_in_failed'

export interface Complaints {
  about(address: string, event: Complaint, details?: Readonly<Record<string, string | number>>): void
}

const everyMs = 60_000
/** Pairs of address and event that are remembered; past it the oldest is forgotten, and may be told again too soon (A6). */
const maxRemembered = 1_000

/** `now` is for ages only. */
export const createComplaints = (options: { logger: Pick<Logger, 'warn'>; now: () => number }): Complaints => {
  const { logger, now } = options
  const told = new Map<string, { atMs: number; since: number }>()
  return {
    about(address, event, details) {
      const key = `${event} ${address}`
      const known = told.get(key)
      if (known && now() - known.atMs < everyMs) {
        known.since++
        return
      }
      told.delete(key)
      told.set(key, { atMs: now(), since: 0 })
      const [oldest] = told.keys()
      if (told.size > maxRemembered && oldest !== undefined) told.delete(oldest)
      logger.warn({ event, address, ...details, ...(known && known.since > 0 ? { alsoSince: known.since } : {}) })
    },
  }
}
