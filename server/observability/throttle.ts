/** Lets each key pass once in a while and counts what was held back, so that a trouble that repeats does not fill the log. */
export interface Throttle {
  /** Null: not now. Else how many were held back since this key passed last. */
  pass(key: string): number | null
}

/** Keys that are remembered; past it the oldest is forgotten, and may pass again too soon (A6). */
const maxKeys = 1_000

/** `now` is for ages only. */
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
