/**
 * The clicks of a crowd, in order, with their scheduled times. The times do not depend on the answers, so a slow server causes longer
 * latencies and not fewer clicks (no coordinated omission: Tene, "How NOT to Measure Latency").
 */
import { randomsOf } from '../../../lib/randoms.ts'

export interface Click {
  readonly gx: number
  readonly gy: number
  readonly color: number
}

export interface Schedule {
  readonly clicks: readonly Click[]
  readonly startAtMs: number
  readonly clicksPerSecond: number
}

export const dueAtMs = ({ startAtMs, clicksPerSecond }: Schedule, index: number) => startAtMs + (index * 1_000) / clicksPerSecond

/** Fisher and Yates, with a seeded generator, so that a seed repeats a crowd. */
export const shuffle = <Item>(items: readonly Item[], seed: number): Item[] => {
  const random = randomsOf(seed)
  const shuffled = [...items]
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[shuffled[i], shuffled[j]] = [shuffled[j] as Item, shuffled[i] as Item]
  }
  return shuffled
}
