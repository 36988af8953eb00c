/**
 * Throttled warnings about the behaviour of one address, so that a flood of requests does not flood the log.
 *
 * An address is an IPv4 address or a /64. Its first warning of a kind is logged at once, and the next one at least a minute later with the
 * number of those in between. All addresses together have a limit of lines a minute.
 */
import { limitKey } from '../limits/address-prefixes.ts'
import type { Logger } from './log.ts'
import { createThrottle } from './throttle.ts'

export type WarningEvent =
  | 'connections_refused'
  | 'sockets_refused'
  | 'requests_refused'
  | 'message_flood_cut_off'
  | 'slow_client_cut_off'
  | 'slow_request_cut_off'
  | 'malformed_request'
  | 'sign_in_failed'
  | 'sign_ins_refused'
  | 'origin_refused'

const minuteMs = 60_000
/** For all addresses together, because an attacker with a /48 has 65,536 networks. */
export const maxLinesPerMinute = 60

/** `now` is a monotonic clock. */
export const createThrottledWarnings = (options: { logger: Pick<Logger, 'warn'>; now: () => number }) => {
  const { logger, now } = options
  const throttle = createThrottle({ now, everyMs: minuteMs })
  let minute = { startsAtMs: now(), lines: 0, unlogged: 0 }

  /** Whether this minute has room for a line. The number of unlogged lines is logged when the next minute begins. */
  const takeLine = () => {
    if (now() - minute.startsAtMs >= minuteMs) {
      if (minute.unlogged > 0) logger.warn({ event: 'warnings_not_logged', count: minute.unlogged })
      minute = { startsAtMs: now(), lines: 0, unlogged: 0 }
    }
    const hasRoom = minute.lines < maxLinesPerMinute
    if (hasRoom) minute.lines++
    else minute.unlogged++
    return hasRoom
  }

  return {
    warn(address: string, event: WarningEvent, details?: Readonly<Record<string, string | number>>) {
      const alsoSince = throttle.pass(`${event} ${limitKey(address)}`)
      if (alsoSince !== null && takeLine()) logger.warn({ event, address, ...details, ...(alsoSince > 0 && { alsoSince }) })
    },
  }
}

export type ThrottledWarnings = ReturnType<typeof createThrottledWarnings>
