/** Statistics of several rounds: the median and the spread. They throw on missing values. */

const sorted = (values: readonly number[]) => {
  if (values.length === 0 || !values.every(Number.isFinite)) throw new Error(`not measured: [${values.join(', ')}]`)
  return values.toSorted((a, b) => a - b)
}

/** The mean of the two in the middle if their number is even. @throws on no values, and on values that are not numbers. */
export const median = (values: readonly number[]): number => {
  const all = sorted(values)
  const half = all.length >> 1
  const upper = all[half] as number
  return all.length % 2 === 1 ? upper : ((all[half - 1] as number) + upper) / 2
}

/** The smallest value that at least `part` of all do not exceed (nearest rank). @throws as `median` does. */
export const percentile = (values: readonly number[], part: number): number => {
  const all = sorted(values)
  return all[Math.max(0, Math.ceil(part * all.length) - 1)] as number
}

export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

export const summarize = (values: readonly number[]): Summary => {
  const all = sorted(values)
  return { median: median(all), min: all[0] as number, max: all.at(-1) as number }
}
