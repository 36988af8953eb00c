/** What the layer of ages draws from, apart from the scene. */
import type { TileNumber } from '../../../lib/brand.ts'
import type { Rgb } from '../../../lib/palette.ts'
import type { AgeMap } from './age-map.ts'

export interface HeatDrawing {
  readonly mode: 'heat' | 'untouched'
  /** Null while the ages of the tile are not loaded: it is grey then. */
  readonly agesOf: (tile: TileNumber) => AgeMap | null
  /** The present, in the unit of the ages. */
  readonly now: () => number
  readonly span: number
  readonly ramp: readonly Rgb[]
  /** The shown bytes of a tile. */
  readonly shown: (tile: TileNumber) => Uint8Array | null
}

/** The step of the ramp for pixels that nobody has painted. */
export const untouchedStep = 2
