/** The delay before the next try. It doubles and has jitter, so that clients that lose their connection together return apart. */
export interface BackoffRange {
  readonly baseMs: number
  readonly maxMs: number
}

/** `failures` counts from 1. The result is between half of the step and the whole step. */
export const backoffMs = ({ baseMs, maxMs }: BackoffRange, failures: number, random: () => number) =>
  Math.min(maxMs, baseMs * 2 ** Math.min(30, failures - 1)) * (0.5 + random() / 2)
