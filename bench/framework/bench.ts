/**
 * A benchmark has sides that run in turns, round after round, each from an empty state. A side measures a sample of named numbers, and the figures
 * of a round use the samples of that round only. So long noise affects both sides.
 *
 * A side verifies its own result and throws if it is wrong.
 */
import type { Scope } from './scope.ts'

export type Sample = Readonly<Record<string, number>>
export type Samples = Readonly<Record<string, Sample>>

export interface Figure {
  readonly id: string
  readonly what: string
  readonly unit: '×' | 'ms' | 's' | '%' | 'MB' | '/s' | ''
  readonly better: 'more' | 'less'
  /** Null: the figure has only the best bound. */
  readonly pass: number | null
  readonly best: number
}

export interface RunOptions {
  /** Stops everything that the side has started. */
  readonly scope: Scope
  /** Shorter and smaller: the whole suite in five minutes. */
  readonly quick: boolean
  readonly round: number
}

export interface Side {
  readonly name: string
  run(options: RunOptions): Promise<Sample>
}

export type Need = 'mongo' | 'redis' | 'chromium' | 'pages'

export interface Bench {
  readonly id: string
  readonly title: string
  /** What the names of the figures leave out; empty if nothing. */
  readonly method: string
  readonly needs?: readonly Need[]
  readonly figures: readonly Figure[]
  readonly sides: readonly Side[]
  /** One number per figure. */
  derive(samples: Samples): Readonly<Record<string, number>>
}

/** A number that a side has measured. @throws if it is missing. */
export const of = (samples: Samples, side: string, name: string): number => {
  const value = samples[side]?.[name]
  if (value === undefined || !Number.isFinite(value)) throw new Error(`${side} did not measure ${name}`)
  return value
}

/** A benchmark that cannot run here, or whose result is wrong. The message is printed. */
export class BenchFailure extends Error {}
