/** With more keys the oldest is dropped, and may pass again too soon (A6). */
const defaultMaxKeys = 1_000

/**
 * Lets each key pass once in an interval, and counts the others, so that a repeated problem does not fill the log. `now` is a monotonic
 * clock.
 */
export const createThrottle = (options: { now: () => number; everyMs?: number; maxKeys?: number }) => {
  const { now, everyMs = 60_000, maxKeys = defaultMaxKeys } = options
  const passed = new Map<string, { atMs: number; heldBack: number }>()
  return {
    /** Null: the key may not pass. Else the number that was held back since the key last passed. */
    pass(key: string): number | null {
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
