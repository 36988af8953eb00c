/**
 * What stands on a pixel: its newest placement that was neither undone nor rolled back. Undo, the history of a pixel and everything else that asks for
 * it use this fold.
 *
 * An undo names the placement that it took back by its time, which no other entry of the pixel has. So an undo whose placement never reached the log
 * takes back nothing, and later retractions do not change what an earlier undo meant.
 */
import type { PainterId } from './brand.ts'
import type { CommitKind } from './commit.ts'
import { nobody } from './painter.ts'

/** An entry of the history of a pixel. */
export interface PixelEntry {
  readonly atMs: number
  readonly color: number
  /** The color that this entry replaced. */
  readonly previous: number
  readonly by: PainterId
  readonly cause: CommitKind
  /** The time of the placement that an undo took back. Null for all other entries, and for undos that an older version has saved. */
  readonly undoesAtMs: number | null
}

export type Retraction = 'undo' | 'rollback'

export interface FoldOptions {
  readonly background: number
  /** Times of placements that count as undone although no entry says so. */
  readonly undone?: Iterable<number>
  /** Whether a placement was rolled back. */
  readonly isRolledBack?: (entry: PixelEntry) => boolean
}

/** `entry` is null when nothing stands, or when what stands is not in the known history. `by` is then `nobody`. */
export interface Standing<Entry extends PixelEntry> {
  readonly entry: Entry | null
  readonly color: number
  readonly by: PainterId
}

/** Undos, rollbacks and tombstones show what stands below, and never stand themselves. */
const placementKinds: ReadonlySet<CommitKind> = new Set<CommitKind>(['paint', 'picture', 'fill'])
export const isPlacement = ({ cause }: Pick<PixelEntry, 'cause'>) => placementKinds.has(cause)

/** Entries must be added newest first, because an undo is newer than what it takes back. */
export const createPixelFold = <Entry extends PixelEntry>({ background, undone = [], isRolledBack = () => false }: FoldOptions) => {
  const taken = new Set(undone)
  /** Undos without a time, which take back the next placements below them. */
  let unnamed = 0
  let before: number | null = null
  let standing: Standing<Entry> | null = null

  const retractionOf = (entry: Entry): Retraction | null => {
    if (!isPlacement(entry)) return null
    if (taken.has(entry.atMs)) return 'undo'
    if (unnamed > 0) {
      unnamed--
      return 'undo'
    }
    return isRolledBack(entry) ? 'rollback' : null
  }

  return {
    /** Returns how the entry was taken back, null if it was not. */
    add(entry: Entry): Retraction | null {
      if (entry.undoesAtMs !== null) taken.add(entry.undoesAtMs)
      else if (entry.cause === 'undo') unnamed++
      const retraction = retractionOf(entry)
      // An expired part of the history is missing: the color that was there before the known part, whose painter is unknown.
      if (before !== null && entry.color !== before) standing ??= { entry: null, color: before, by: nobody }
      before = entry.previous
      if (isPlacement(entry) && retraction === null) standing ??= { entry, color: entry.color, by: entry.by }
      return retraction
    },
    /** Null while older entries decide. */
    found: () => standing,
    /** Call it after the oldest entry. */
    standing: (): Standing<Entry> => standing ?? { entry: null, color: before ?? background, by: nobody },
  }
}

/** What stands after these entries, which must be newest first. Reads no more entries than it needs. */
export const foldPixel = <Entry extends PixelEntry>(newestFirst: Iterable<Entry>, options: FoldOptions): Standing<Entry> => {
  const fold = createPixelFold<Entry>(options)
  for (const entry of newestFirst) {
    fold.add(entry)
    if (fold.found()) break
  }
  return fold.standing()
}
