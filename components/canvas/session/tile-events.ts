/** What the followed tiles report to the session. */
import type { Position, Seq, TileNumber } from '../../../lib/brand.ts'
import type { Frame } from '../../../lib/tile-follower.ts'

export interface TileEvents {
  /** Colors of a tile arrived, which is now at `seq`; `colorAt` returns null for a position without a new color. */
  readonly onColors: (colors: { tile: TileNumber; seq: Seq; colorAt: (position: Position) => number | null }) => void
  /** A frame was drawn. */
  readonly onFrame: (tile: TileNumber, frame: Frame) => void
  readonly onDropped: (tile: TileNumber) => void
  /** The server has another epoch or newer colors, or no such tile, so the canvas must be loaded again. */
  readonly onCanvasOutdated: () => void
  /** The state of the tiles may have changed. */
  readonly onProgress: () => void
}
