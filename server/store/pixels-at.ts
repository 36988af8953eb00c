/** The pixel of a commit at one position, or none. */
import type { Position } from '../../lib/brand.ts'
import type { Commit } from '../../lib/commit.ts'
import type { PixelEntry } from '../../lib/pixel-fold.ts'

export const pixelsAt = ({ atMs, cause, pixels }: Pick<Commit, 'atMs' | 'cause' | 'pixels'>, position: Position): PixelEntry[] =>
  pixels.flatMap(({ position: here, color, previous, by, undoes }) =>
    here === position ? [{ color, previous, by, atMs, cause, undoesAtMs: undoes?.atMs ?? null }] : [],
  )
