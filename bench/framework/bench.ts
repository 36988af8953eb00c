/**
 * What a benchmark is. It has sides that are run in turns, round after round, each from nothing; what a side measured is a sample of
 * named numbers, and the figures of a round are computed from the samples of that round only. So noise that lasts longer than a
 * side hits both.
 *
 * A side verifies its own result and throws when something is wrong: no figure without a right result.
 */
import type { Scope } from './scope.ts'

export type Sample = Readonly<Record<string, number>>
export type Samples = Readonly<Record<string, Sample>>

export interface Figure {
  readonly id: string
  readonly what: string
  readonly unit: '×' | 'ms' | 's' | '%' | 'MB' | '/s' | ''
  readonly better: 'more' | 'less'
  /** Null: only the last column has a bound. */
  readonly pass: number | null
  readonly best: number
}

export interface RunOptions {
  /** Everything that is started is stopped with it. */
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
  /** How it is measured, in a sentence or two, for whoever reads the table. */
  readonly method: string
  readonly needs?: readonly Need[]
  readonly figures: readonly Figure[]
  readonly sides: readonly Side[]
  /** One number per figure. */
  derive(samples: Samples): Readonly<Record<string, number>>
}

/** A number that a side has measured. @throws when it has not. */
export const of = (samples: Samples, side: string, name: string): number => {
  const value = samples[side]?.[name]
  if (value === undefined || !Number.isFinite(value)) throw new Error(`${side} did not measure ${name}`)
  return value
}

/** A benchmark that cannot be run here, or whose result is wrong: a sentence for whoever started it. */
export class BenchFailure extends Error {}
