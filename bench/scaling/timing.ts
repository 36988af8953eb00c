/** How long a step of a given size takes, between and beyond the sizes that were measured. */
import type { Timed } from '../growth/growth-result.ts'

/** Linear between the two nearest sizes and beyond the largest two. Below the smallest size: the value of the smallest. */
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
  // Measurements scatter; a larger step never takes less time.
  const slope = Math.max(0, (value(to) - value(from)) / (to.size - from.size))
  return value(from) + slope * (size - from.size)
}

export const medianMs = (all: readonly Timed[], size: number) => interpolate(all, size, (each) => each.p50Ms)

/** The time of one item in a step of the largest size that was measured. */
export const cheapestMs = (all: readonly Timed[]): number => {
  const largest = all.at(-1)
  if (!largest) throw new Error('nothing was measured')
  return largest.p50Ms / largest.size
}
