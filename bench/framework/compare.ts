/** Compares a run with the figures in the repository. */
import type { Result } from './result.ts'
import type { ClassifiedFigure } from './verdict.ts'

/** Above 1 is better, for every figure. Null without a kept result. */
export const comparedWith = (before: Result | null, figure: ClassifiedFigure): number | null => {
  const known = before?.figures.find(({ id }) => id === figure.id)
  if (!known || known.median === 0 || figure.median === 0) return null
  return figure.better === 'more' ? figure.median / known.median : known.median / figure.median
}
