/**
 * The time of day, for what is stored with a time and goes by its age: sessions, the retention of the log, snapshots.
 *
 * The machine's clock may be set while the process runs. The monotonic clock tells what it would show otherwise. A time that is
 * stored is the later of the two, an age is counted by the earlier one, so a clock that is set makes nothing old too soon.
 */
export interface ClockBounds {
  earliest(): number
  latest(): number
}

export const createClockBounds = ({ now, monotonicNow }: { now: () => number; monotonicNow: () => number }): ClockBounds => {
  const startedAtMs = now() - monotonicNow()
  const otherwise = () => Math.floor(startedAtMs + monotonicNow())
  return { earliest: () => Math.min(now(), otherwise()), latest: () => Math.max(now(), otherwise()) }
}
