/**
 * What becomes of a commit that cannot be published, and of the pixels that it painted.
 *
 * Its place in the log stays: a tombstone without pixels takes its seq, so the log goes on without a hole. The pixels in the database
 * must stay the fold of the log (A4): where the commit's pixel is still the current one, the colour before it comes back; where
 * somebody has painted over it, the commit that did so has replaced that colour now.
 *
 * Somebody may have seen the commit all the same: gateways read numbered commits from the store when the stream lacks them, and a
 * publisher that slept can append what it knew. So the colours that come back are stated by a new commit: a no-op to whoever has only
 * seen the tombstone, and to the others what makes their boards the same again, whatever way they learn of it. The stores carry the
 * plans out, each in one transaction.
 */
import type { CanvasId, CommitId, Epoch, Position, Seq, TileNumber } from './brand.ts'
import { hybridAt } from './clock.ts'
import type { CommitKind, CommitPixel, SequencedCommit, UnknownContent } from './commit.ts'

/** After this many failed attempts, or attempts that ended with their process, a commit becomes a dead letter. */
export const maxAttempts = 5
/** From so many attempts on a commit is tried alone, and counts as stuck. */
export const suspectFrom = 3

export interface DeadLetter {
  readonly id: CommitId
  readonly canvas: CanvasId
  readonly epoch: Epoch
  readonly tile: TileNumber
  /** Where its tombstone stands in the log. */
  readonly seq: Seq
  readonly atMs: number
  readonly cause: CommitKind
  readonly pixels: readonly CommitPixel[]
  /** Of an entry whose kind this version does not know. It stays a dead letter until a version that knows it requeues it. */
  readonly unknown?: UnknownContent
  readonly attempts: number
  /** Null when the process that tried it never came to tell why. */
  readonly error: string | null
  readonly diedAtMs: number
  /** The time of the pixels whose former colour came back; who paints over them later has another one. */
  readonly restoredAtMs: number
}

/** The commit that holds up its tile: several attempts to publish it failed. */
export interface StuckCommit {
  readonly id: CommitId
  readonly canvas: CanvasId
  readonly tile: TileNumber
  readonly seq: Seq
  readonly atMs: number
  /** `skipped` for a tombstone. */
  readonly cause: CommitKind
  readonly attempts: number
  /** Why the last attempt failed; null when the process that made it ended. */
  readonly error: string | null
}

export interface DeadLetterPlan {
  /**
   * A commit (cause `rollback`) that states the former colours of the pixels that were still this one's; empty when there are none. Their rows
   * get these colours and this time, and the cause `skipped`.
   */
  readonly restored: { readonly atMs: number; readonly pixels: readonly CommitPixel[] }
  /** Whether a later commit has still to be found for one of its pixels. */
  readonly isOpen: () => boolean
  /** To be called with the tile's later commits, in their order. Answers the pixels of one that has to change, else null. */
  relink(later: readonly CommitPixel[]): CommitPixel[] | null
}

/** `rowAtMs` tells when the pixel in the database was painted. */
export const planDeadLetter = (
  commit: SequencedCommit,
  { rowAtMs, nowMs }: { rowAtMs: (position: Position) => number | null; nowMs: number },
): DeadLetterPlan => {
  const isCurrent = ({ position }: CommitPixel) => rowAtMs(position) === commit.atMs
  const paintedOver = new Map(commit.pixels.filter((pixel) => !isCurrent(pixel)).map(({ position, previous }) => [position, previous]))
  return {
    restored: {
      atMs: hybridAt(nowMs, commit.atMs),
      pixels: commit.pixels.filter(isCurrent).map((pixel) => ({ ...pixel, color: pixel.previous })),
    },
    isOpen: () => paintedOver.size > 0,
    relink(later) {
      if (!later.some(({ position }) => paintedOver.has(position))) return null
      return later.map((pixel) => {
        const previous = paintedOver.get(pixel.position)
        paintedOver.delete(pixel.position)
        return previous === undefined ? pixel : { ...pixel, previous }
      })
    },
  }
}

/** What a deadLetterPlan or a requeuePlan adds to the log. `rowKind` is what the rows of its pixels say. */
export interface AddedCommit {
  readonly groupId: string
  readonly cause: CommitKind
  readonly rowKind: CommitKind
  readonly atMs: number
  readonly pixels: readonly CommitPixel[]
}

export interface PixelRow {
  readonly color: number
  readonly atMs: number
  readonly cause: CommitKind
}

/** The commit that paints what nobody has painted over since; it may have no pixels. */
export const planRequeue = (
  deadLetter: DeadLetter,
  { row, nowMs }: { row: (position: Position) => PixelRow | null; nowMs: number },
): { atMs: number; pixels: CommitPixel[] } => {
  const pixels = deadLetter.pixels.flatMap((pixel) => {
    const current = row(pixel.position)
    const isFree = current?.cause === 'skipped' && current.atMs === deadLetter.restoredAtMs
    return isFree ? [{ ...pixel, previous: current.color }] : []
  })
  return { atMs: hybridAt(nowMs, deadLetter.restoredAtMs), pixels }
}
