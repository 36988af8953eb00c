/**
 * Warnings about what one address does, throttled: a flood of requests must not become a flood of lines.
 *
 * An address is an IPv4 address or a /64. Its first warning of a kind is logged at once, the next one after a minute at the earliest, with the
 * number of those in between. All addresses together get a bounded number of lines a minute.
 */
import { limitKey } from '../limits/address-prefixes.ts'
import type { Logger } from './log.ts'

export type WarningEvent =
  | 'connections_refused'
  | 'sockets_refused'
  | 'requests_refused'
  | 'message_flood_cut_off'
  | 'slow_client_cut_off'
  | 'slow_request_cut_off'
  | 'malformed_request'
  | 'sign_in_failed'

export interface ThrottledWarnings {
  warn(address: string, event: WarningEvent, details?: Readonly<Record<string, string | number>>): void
}

const everyMs = 60_000
/** Pairs of address and event that are remembered; past it the oldest is forgotten, and may be logged again too soon (A6). */
const maxRemembered = 1_000
/** Lines of all addresses together. An attacker with a /48 has 65,536 networks of its own. */
export const maxLinesPerMinute = 60

/** `now` is for ages only. */
export const createThrottledWarnings = (options: { logger: Pick<Logger, 'warn'>; now: () => number }): ThrottledWarnings => {
  const { logger, now } = options
  const logged = new Map<string, { atMs: number; since: number }>()
  let minute = { startsAtMs: now(), lines: 0, unlogged: 0 }

  /** Whether there is room for one more line in this minute. What found no room is logged as a number, when the next minute begins. */
  const takeLine = () => {
    if (now() - minute.startsAtMs >= everyMs) {
      if (minute.unlogged > 0) logger.warn({ event: 'warnings_not_logged', count: minute.unlogged })
      minute = { startsAtMs: now(), lines: 0, unlogged: 0 }
    }
    if (minute.lines >= maxLinesPerMinute) {
      minute.unlogged++
      return false
    }
    minute.lines++
    return true
  }

  return {
    warn(address, event, details) {
      const key = `${event} ${limitKey(address)}`
      const known = logged.get(key)
      if (known && now() - known.atMs < everyMs) {
        known.since++
        return
      }
      if (!takeLine()) return
      logged.delete(key)
      logged.set(key, { atMs: now(), since: 0 })
      const [oldest] = logged.keys()
      if (logged.size > maxRemembered && oldest !== undefined) logged.delete(oldest)
      logger.warn({ event, address, ...details, ...(known && known.since > 0 ? { alsoSince: known.since } : {}) })
    },
  }
}
