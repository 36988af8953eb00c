/**
 * What the audit reads besides what the store offers to everyone: things as they stand. `readCommits` ends a page before whatever should not be
 * there; an audit has to see exactly that. Every method only reads, works beside servers, and answers in parts (A6).
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

/** Cursors and sums of one moment. */
export interface StatsSums {
  readonly cursors: ReadonlyMap<TileNumber, Cursor>
  readonly painters: number
  readonly minutes: number
  readonly cells: number
}

export interface AuditReading {
  /** Every tile that anything is kept of. */
  listTiles(canvas: CanvasId): Promise<TileNumber[]>
  /**
   * All numbered commits of the tile above `after`, by seq: up to `limit`, and no more once there are `maxPagePixels` pixels. A page never ends
   * between two commits of one seq.
   */
  scanLog(options: TileRef & { after: Seq; limit: number }): Promise<ScannedCommit[]>
  sumStats(canvas: CanvasId): Promise<StatsSums>
}

/** `add` answers false to the first commit that belongs to the next page. */
export const createScanPage = (limit: number) => {
  const page = createPage<ScannedCommit>()
  const commits: ScannedCommit[] = []
  let isFull = false
  return {
    commits,
    add(commit: ScannedCommit): boolean {
      if (isFull && commit.seq !== commits.at(-1)?.seq) return false
      commits.push(commit)
      isFull = !page.add(commit) || commits.length >= limit
      return true
    },
  }
}
