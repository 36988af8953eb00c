/** Lets each key pass once in an interval, and counts the others, so that a repeated problem does not fill the log. */
export interface Throttle {
  /** Null: do not log. Else the number that was held back since the key last passed. */
  pass(key: string): number | null
}

/** With more keys the oldest is dropped, and may pass again too soon (A6). */
const maxKeys = 1_000

/** `now` is a monotonic clock. */
export const createThrottle = ({ now, everyMs = 60_000 }: { now: () => number; everyMs?: number }): Throttle => {
  const passed = new Map<string, { atMs: number; heldBack: number }>()
  return {
    pass(key) {
      const known = passed.get(key)
      if (known && now() - known.atMs < everyMs) {
        known.heldBack++
        return null
      }
      passed.delete(key)
      passed.set(key, { atMs: now(), heldBack: 0 })
      const [oldest] = passed.keys()
      if (passed.size > maxKeys && oldest !== undefined) passed.delete(oldest)
      return known?.heldBack ?? 0
    },
  }
}
