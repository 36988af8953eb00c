/** How long a step with so much in it takes, between and beyond the sizes that were measured. */
import type { Timed } from '../growth/growth-result.ts'

/** On the line between the two nearest sizes; beyond the largest on the line through the last two. Below the smallest: the smallest. */
export const interpolate = <Each extends { readonly size: number }>(
  all: readonly Each[],
  size: number,
  value: (each: Each) => number,
): number => {
  const [smallest, ...larger] = all
  if (!smallest) throw new Error('nothing was measured')
  if (size <= smallest.size || larger.length === 0) return value(smallest)
  const upper = larger.findIndex((each) => each.size >= size)
  const index = upper === -1 ? all.length - 1 : upper + 1
  const [from, to] = [all[index - 1] as Each, all[index] as Each]
  // Measurements scatter: more never takes less.
  const slope = Math.max(0, (value(to) - value(from)) / (to.size - from.size))
  return value(from) + slope * (size - from.size)
}

export const timingOf = (all: readonly Timed[], size: number) => {
  const p50 = interpolate(all, size, (each) => each.p50Ms)
  return {
    p50,
    p99: Math.max(
      p50,
      interpolate(all, size, (each) => each.p99Ms),
    ),
  }
}

/** What one of them costs when as many go together as were measured. */
export const cheapestMs = (all: readonly Timed[]): number => {
  const largest = all.at(-1)
  if (!largest) throw new Error('nothing was measured')
  return largest.p50Ms / largest.size
}
