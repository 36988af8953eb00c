/**
 * How much of a template is on the board: right, wrong and missing cells by wanted color. Missing cells show the background. Each tile is counted at a
 * seq, and each later commit changes the count by its pixels, because a pixel has its color and the previous one.
 */

/** Cells that are right, wrong and missing. */
export type CellCounts = readonly [right: number, wrong: number, missing: number]
/** By the index of the wanted color. */
export type ColorCounts = Readonly<Record<number, CellCounts>>

/** The right cells at a time. `basis` says for which revision and which board (`template-basis.ts` of the server). */
export interface ProgressSample {
  readonly atMs: number
  readonly basis: string
  readonly right: number
}
