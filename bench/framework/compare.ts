/** A run against the figures in the repository, as ratios. */

import type { Result } from './result.ts'
import type { ClassifiedFigure } from './verdict.ts'

/** `3.1 (1.24 of what it was)`: above 1 is better, whichever way the figure points. Null when there is nothing to compare with. */
export const comparedWith = (before: Result | null, figure: ClassifiedFigure): number | null => {
  const known = before?.figures.find(({ id }) => id === figure.id)
  if (!known || known.median === 0 || figure.median === 0) return null
  return figure.better === 'more' ? figure.median / known.median : known.median / figure.median
}
