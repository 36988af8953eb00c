/** The pixel of a commit at one position, or none. */
import type { Position } from '../../lib/brand.ts'
import type { Commit } from '../../lib/commit.ts'
import type { StoredPixel } from './port.ts'

export const pixelsAt = ({ atMs, cause, pixels }: Pick<Commit, 'atMs' | 'cause' | 'pixels'>, position: Position): StoredPixel[] =>
  pixels.flatMap(({ position: here, color, by }) => (here === position ? [{ color, by, atMs, cause }] : []))
