/**
 * What only the audit reads: data as it is stored. `readCommits` ends a page before an error in the log, and the audit must find that error.
 * Every method only reads, works beside running servers, and returns parts of a bounded size (A6).
 */
import type { CanvasId, Seq, TileNumber } from '../../lib/brand.ts'
import type { CommitPixel, SequencedCommit } from '../../lib/commit.ts'
import { createPage } from './page.ts'
import type { TileRef } from './port.ts'
import type { Cursor } from './projections-port.ts'

export interface ScannedCommit extends Omit<SequencedCommit, 'pixels'> {
  /** Null when they cannot be decoded. */
  readonly pixels: readonly CommitPixel[] | null
  readonly published: boolean
}

/** Cursors and sums, read in one snapshot. */
export interface StatsSums {
  readonly cursors: ReadonlyMap<TileNumber, Cursor>
  readonly painters: number
  readonly minutes: number
  readonly cells: number
}

/** Cursors and sums, read in one snapshot. */
export interface ProfileSums {
  readonly cursors: ReadonlyMap<TileNumber, Cursor>
  readonly placed: number
  /** The newest day of all painters, and the pixels of that day. Earlier days are not complete. */
  readonly newestDay: { readonly day: number; readonly placed: number } | null
}

export interface AuditReading {
  /** Every tile with any stored data. */
  listTiles(canvas: CanvasId): Promise<TileNumber[]>
  /**
   * The tile's sequenced commits above `after`, by seq: up to `limit`, and no more once they hold `maxPagePixels` pixels. Commits of the same seq
   * are on the same page.
   */
  scanLog(options: TileRef & { after: Seq; limit: number }): Promise<ScannedCommit[]>
  sumStats(canvas: CanvasId): Promise<StatsSums>
  sumProfiles(canvas: CanvasId): Promise<ProfileSums>
}

/** `add` returns false for the first commit that belongs to the next page. */
export const createScanPage = (limit: number) => {
  const page = createPage<ScannedCommit>()
  const { commits } = page
  let isFull = false
  return {
    commits,
    add(commit: ScannedCommit): boolean {
      if (isFull && commit.seq !== commits.at(-1)?.seq) return false
      isFull = !page.add(commit) || commits.length >= limit
      return true
    },
  }
}
