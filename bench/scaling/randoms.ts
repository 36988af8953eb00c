/** Distributions from a source of numbers from 0 to below 1. Seeded sources make runs that can be repeated (`lib/randoms.ts`). */
export type Random = () => number

export const exponential = (random: Random, mean: number) => -Math.log(1 - random()) * mean

/** Box and Muller (1958). */
const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Exact for small means (Knuth); for large ones the normal distribution that it comes close to. */
export const poisson = (random: Random, mean: number): number => {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)))
  const bound = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > bound; product *= random()) count++
  return count
}

/** The 99th percentile of the standard normal distribution. */
const z99 = 2.326_348

/** Lognormal by its median and its 99th percentile. */
export const lognormal = (random: Random, { p50, p99 }: { p50: number; p99: number }) =>
  p99 <= p50 ? p50 : p50 * Math.exp((Math.log(p99 / p50) / z99) * normal(random))

/** Shares of so many, adding up to 1, the largest first. */
export const zipfShares = (count: number, exponent: number): number[] => {
  const weights = Array.from({ length: count }, (_, index) => 1 / (index + 1) ** exponent)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** The index that a number from 0 to below 1 falls on. */
export const pick = (shares: readonly number[], value: number): number => {
  let rest = value
  for (const [index, share] of shares.entries()) {
    rest -= share
    if (rest < 0) return index
  }
  return shares.length - 1
}
