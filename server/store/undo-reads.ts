/** What the reads of undos share in all stores. */
import type { CanvasId, Epoch, TileNumber } from '../../lib/brand.ts'
import type { CommitKind, CommitPixel } from '../../lib/commit.ts'
import type { StoredPlacement } from '../../lib/plan-undo.ts'

/** Commits of a tile that its history lacks. With more, an undo is refused until the history has followed. The pixels are bounded by a page. */
export const maxAheadOfHistory = 4_000

interface PlacedIn {
  readonly canvas: CanvasId
  readonly epoch: Epoch
  readonly tile: TileNumber
  readonly atMs: number
  readonly cause: CommitKind
}

/** Null without the pixel, as in a tombstone. */
export const storedPlacementOf = (commit: PlacedIn, pixel: CommitPixel | undefined): StoredPlacement | null => {
  if (!pixel) return null
  const { canvas, epoch, tile, atMs, cause } = commit
  const { position, by, color, previous } = pixel
  return { canvas, epoch, tile, position, atMs, cause, by, color, previous }
}
