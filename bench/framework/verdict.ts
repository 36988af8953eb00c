import type { Figure } from './bench.ts'
import { type Summary, summarize } from './statistics.ts'

export type Verdict = 'best' | 'pass' | 'fail'

export interface ClassifiedFigure extends Figure, Summary {
  readonly values: readonly number[]
  readonly verdict: Verdict
}

const reaches = ({ better }: Pick<Figure, 'better'>, value: number, bound: number) => (better === 'more' ? value >= bound : value <= bound)

/** Compares the median of the rounds with both bounds. */
export const classifyFigure = (figure: Figure, values: readonly number[]): ClassifiedFigure => {
  const summary = summarize(values)
  return { ...figure, ...summary, values, verdict: verdictOf(figure, summary.median) }
}

const verdictOf = (figure: Figure, value: number): Verdict => {
  if (reaches(figure, value, figure.best)) return 'best'
  return figure.pass === null || reaches(figure, value, figure.pass) ? 'pass' : 'fail'
}
