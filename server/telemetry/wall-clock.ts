/** Converts times of the monotonic clock to the wall clock. Steps of less than a millisecond then stay in order. */
type Seconds = [seconds: number, nanoseconds: number]

/** A larger difference means that the machine's clock was set. */
const setByMs = 20
const checkEveryMs = 1_000

export const createWallClock = (clocks = { now: Date.now, monotonicNow: () => performance.now() }) => {
  let offsetMs = clocks.now() - clocks.monotonicNow()
  let checkedAtMs = clocks.monotonicNow()
  return (monotonicMs: number): Seconds => {
    if (monotonicMs > checkedAtMs + checkEveryMs) {
      checkedAtMs = monotonicMs
      const newOffsetMs = clocks.now() - clocks.monotonicNow()
      if (Math.abs(newOffsetMs - offsetMs) > setByMs) offsetMs = newOffsetMs
    }
    const atMs = monotonicMs + offsetMs
    const seconds = Math.floor(atMs / 1_000)
    return [seconds, Math.round((atMs - seconds * 1_000) * 1_000_000)]
  }
}
