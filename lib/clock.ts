/**
 * The hybrid clock: `at = max(now, at of the pixel being overwritten + 1 ms)`.
 *
 * The clocks of processes differ and jump. With this rule the commits on one pixel have ascending `at` in commit order, so sorting
 * by `(at, id)` never swaps them. See Kulkarni et al., "Logical Physical Clocks" (2014); here each pixel has a clock.
 */
export const hybridAt = (nowMs: number, overwrittenAtMs: number | null) =>
  overwrittenAtMs === null ? nowMs : Math.max(nowMs, overwrittenAtMs + 1)
