/**
 * The hybrid clock: `at = max(now, at of the pixel being overwritten + 1 ms)`.
 *
 * Processes' clocks differ and jump. With this rule two commits on one pixel have their `at` in commit order whatever the
 * clocks say, so sorting by `(at, id)` never swaps them. After Kulkarni et al., "Logical Physical Clocks" (2014), with one
 * clock per pixel.
 */
export const hybridAt = (nowMs: number, overwrittenAtMs: number | null) =>
  overwrittenAtMs === null ? nowMs : Math.max(nowMs, overwrittenAtMs + 1)
