/**
 * What the crowd paints, in which order, and when each click is due. Due times are fixed beforehand, so a server that is slow makes
 * latencies longer instead of clicks fewer (Tene, "How NOT to Measure Latency": no coordinated omission).
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

/** Fisher and Yates, with a seeded generator, so that one seed is one crowd. */
export const shuffle = <Item>(items: readonly Item[], seed: number): Item[] => {
  const random = randomsOf(seed)
  const shuffled = [...items]
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[shuffled[i], shuffled[j]] = [shuffled[j] as Item, shuffled[i] as Item]
  }
  return shuffled
}
