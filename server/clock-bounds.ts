/**
 * Times for data that expires by age: sessions, the retention of the log, snapshots.
 *
 * The machine's clock may be set while the process runs, and the monotonic clock shows the time without that change. Stored times use the
 * later of the two and ages the earlier one, so a change of the clock makes nothing expire too soon.
 */
import type { Clock } from './clock.ts'

export interface ClockBounds {
  earliest(): number
  latest(): number
}

export const createClockBounds = ({ now, monotonicNow }: Clock): ClockBounds => {
  const startedAtMs = now() - monotonicNow()
  const otherwise = () => Math.floor(startedAtMs + monotonicNow())
  return { earliest: () => Math.min(now(), otherwise()), latest: () => Math.max(now(), otherwise()) }
}
