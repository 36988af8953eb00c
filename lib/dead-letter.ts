/**
 * Plans for a commit that cannot be published, and for its pixels. A store carries out each plan in one transaction.
 *
 * A tombstone without pixels takes the commit's seq, so the log has no gap. The pixels in the database must stay the fold of the
 * log (A4). If a pixel of the commit is still the current one, its previous color is restored. If it was painted over, that later
 * commit now replaces the previous color.
 *
 * Some clients may have received the commit, because gateways read sequenced commits from the store and a suspended publisher may
 * append it late. So a new commit sets the restored colors. It changes nothing for clients that received the tombstone, and it
 * makes the boards of the others equal again.
 */
import type { CanvasId, CommitId, Epoch, Position, Seq, TileNumber } from './brand.ts'
import { hybridAt } from './clock.ts'
import type { CommitKind, CommitPixel, EntryContent, SequencedCommit } from './commit.ts'
import { nobody } from './painter.ts'

/** After this many attempts that failed or crashed their process, a commit becomes a dead letter. */
export const maxAttempts = 5
/** After this many attempts a commit is published alone and counts as stuck. */
export const suspectFrom = 3

export interface DeadLetter {
  readonly id: CommitId
  readonly canvas: CanvasId
  readonly epoch: Epoch
  readonly tile: TileNumber
  /** The seq of its tombstone. */
  readonly seq: Seq
  readonly atMs: number
  readonly cause: CommitKind
  readonly pixels: readonly CommitPixel[]
  /** The content of an entry without pixels. Of these, only a change of a canvas can be retried. */
  readonly content?: EntryContent
  readonly attempts: number
  /** Why the last attempt failed; null if its process ended without an error message. */
  readonly error: string | null
  readonly diedAtMs: number
  /** The time of the restored pixels. A pixel that was painted over since has another time. */
  readonly restoredAtMs: number
}

/** A commit that blocks its tile, because several attempts to publish it failed. */
export interface StuckCommit {
  readonly id: CommitId
  readonly canvas: CanvasId
  readonly tile: TileNumber
  readonly seq: Seq
  readonly atMs: number
  /** `skipped` for a tombstone. */
  readonly cause: CommitKind
  readonly attempts: number
  /** Why the last attempt failed; null if its process ended without an error message. */
  readonly error: string | null
}

/** `rev`: of a change of a canvas, which was announced again. */
export interface Retried {
  readonly placed: number
  readonly rev?: number
}

export interface DeadLetterPlan {
  /**
   * A commit (cause `rollback`) that restores the previous colors of the pixels that are still current; it may be empty. Their rows
   * get these colors, this time and the cause `skipped`.
   */
  readonly restored: { readonly atMs: number; readonly pixels: readonly CommitPixel[] }
  /** True while the later commit of some pixel has not been found. */
  readonly isOpen: () => boolean
  /** Must be called with the tile's later commits in order. Returns the new pixels of a commit, or null if it does not change. */
  relink(later: readonly CommitPixel[]): CommitPixel[] | null
}

/** `rowAtMs` returns when the pixel in the database was painted. */
export const planDeadLetter = (
  commit: SequencedCommit,
  { rowAtMs, nowMs }: { rowAtMs: (position: Position) => number | null; nowMs: number },
): DeadLetterPlan => {
  const isCurrent = ({ position }: CommitPixel) => rowAtMs(position) === commit.atMs
  const paintedOver = new Map(commit.pixels.filter((pixel) => !isCurrent(pixel)).map(({ position, previous }) => [position, previous]))
  const positions = new Set(commit.pixels.map(({ position }) => position))
  /** Such an undo takes back nothing, because the placement is not in the log. */
  const undoesDead = ({ position, undoes }: CommitPixel) => undoes?.atMs === commit.atMs && positions.has(position)
  return {
    restored: {
      atMs: hybridAt(nowMs, commit.atMs),
      pixels: commit.pixels.filter(isCurrent).map(({ undoes: _, ...pixel }) => ({ ...pixel, color: pixel.previous })),
    },
    isOpen: () => paintedOver.size > 0,
    relink(later) {
      if (!later.some((pixel) => paintedOver.has(pixel.position) || undoesDead(pixel))) return null
      return later.map((pixel) => {
        const previous = paintedOver.get(pixel.position) ?? pixel.previous
        paintedOver.delete(pixel.position)
        return { ...pixel, previous, ...(undoesDead(pixel) && { undoes: { by: nobody, atMs: commit.atMs } }) }
      })
    },
  }
}

/** The commit that such a plan adds to the log. `rowKind` is the cause in the rows of its pixels. */
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

/** The commit that paints the pixels again that were not painted over since; it may be empty. */
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
