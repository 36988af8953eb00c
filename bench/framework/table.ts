/** Figures in readable form, for the terminal and docs/PERFORMANCE.md. */
import type { Figure } from './bench.ts'
import type { ClassifiedFigure } from './verdict.ts'

/** Three significant digits; the figures are not more precise. */
export const showNumber = (value: number): string => {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}

export const showValue = (value: number, unit: Figure['unit']) =>
  `${showNumber(value)}${unit === '' || unit === '×' || unit === '/s' ? unit : ` ${unit}`}`

export const showBound = ({ better, unit }: Pick<Figure, 'better' | 'unit'>, bound: number | null) =>
  bound === null ? '' : `${better === 'more' ? '≥' : '≤'} ${showValue(bound, unit)}`

export const showSpread = ({ min, max, values }: Pick<ClassifiedFigure, 'min' | 'max' | 'values'>) =>
  values.length === 1 ? 'one round' : `${showNumber(min)}–${showNumber(max)}`

/** Lines with their columns under each other; the first row is the head. */
export const alignRows = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
