/** How long to wait before the next try: doubling, with jitter, so that a thousand clients cut off at once do not return at once. */
export interface BackoffRange {
  readonly baseMs: number
  readonly maxMs: number
}

/** `failures` counts from 1; the answer lies between half of the step and the whole of it. */
export const backoffMs = ({ baseMs, maxMs }: BackoffRange, failures: number, random: () => number) =>
  Math.min(maxMs, baseMs * 2 ** Math.min(30, failures - 1)) * (0.5 + random() / 2)
