/** What a commit painted at one position: one pixel, or none. */
import type { Position } from '../../lib/brand.ts'
import type { Commit } from '../../lib/commit.ts'
import type { StoredPixel } from './port.ts'

export const pixelsAt = ({ atMs, cause, pixels }: Pick<Commit, 'atMs' | 'cause' | 'pixels'>, position: Position): StoredPixel[] =>
  pixels.flatMap(({ position: here, color, by }) => (here === position ? [{ color, by, atMs, cause }] : []))
