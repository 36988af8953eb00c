/** The entries of a tile that the history may not have yet: of the log after the history's cursor, and of commits without a seq. */
import type { Position } from './brand.ts'
import type { Commit } from './commit.ts'
import type { PixelEntry } from './pixel-fold.ts'

interface AheadCommit extends Pick<Commit, 'atMs' | 'cause' | 'pixels'> {
  /** Null for a commit without one. */
  readonly seq: number | null
}

/**
 * By position, newest first. `commits`: in the order of the log, those without a seq last. Null when the log has no commit `after + 1`, or has a gap
 * before its head: a part of it has expired before the history had it.
 */
export const entriesAhead = (
  commits: readonly AheadCommit[],
  { after, head }: { after: number; head: number },
): ReadonlyMap<Position, readonly PixelEntry[]> | null => {
  const sequenced = commits.filter(({ seq }) => seq !== null)
  if (sequenced.some(({ seq }, index) => seq !== after + 1 + index) || after + sequenced.length < head) return null
  const byPosition = new Map<Position, PixelEntry[]>()
  for (const { atMs, cause, pixels } of commits.toReversed()) {
    for (const { position, color, previous, by, undoes } of pixels) {
      const entries = byPosition.get(position) ?? []
      entries.push({ atMs, cause, color, previous, by, undoesAtMs: undoes?.atMs ?? null })
      byPosition.set(position, entries)
    }
  }
  return byPosition
}
