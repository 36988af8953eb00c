/**
 * A renderer draws the layers with WebGL2, or on a 2D canvas if there is no WebGL2. It has copies of tiles and no other state. The
 * engine uploads changes and decides when to draw.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { Rgb } from '../../../lib/palette.ts'
import type { DeviceTransform } from './camera.ts'
import type { TileRect } from './dirty-blocks.ts'
import type { Rect } from './rect.ts'
import type { EngineCanvas } from './types.ts'

export interface Theme {
  /** What is chosen, and the ramp of ages. */
  readonly accent: Rgb
  /** The ground around the board. */
  readonly plaster: Rgb
  readonly dots: Rgb
  /** The line around the board. */
  readonly edge: Rgb
  /** Where the board is not loaded yet. */
  readonly empty: Rgb
}

/** The part of a tile that lies on the canvas, and where the tile's top left pixel is drawn (with fractions). */
export interface SceneTile {
  readonly tile: TileNumber
  readonly rect: Rect
  readonly originX: number
  readonly originY: number
}

/** Everything that a layer may draw from. Rectangles are in whole device pixels from the top left. */
export interface Scene {
  readonly timeMs: number
  readonly width: number
  readonly height: number
  readonly pixelRatio: number
  readonly transform: DeviceTransform
  /** CSS pixels per cell. */
  readonly zoom: number
  readonly theme: Theme
  /** Null before the canvas is known. */
  readonly canvas: EngineCanvas | null
  readonly palette: readonly Rgb[]
  readonly board: Rect
  /** The tiles in the window that are loaded. */
  readonly tiles: readonly SceneTile[]
  /** True if a part of the window is not loaded, so that the empty board shows. */
  readonly missing: boolean
  readonly grid: boolean
  readonly cell: BoardPoint | null
  readonly selectedColor: Rgb | null
}

export type RendererKind = 'webgl2' | '2d' | 'none'

export interface Renderer {
  readonly kind: RendererKind
  setPalette(colors: readonly Rgb[]): void
  /** Uploads parts of a tile; `bytes` is the whole tile. Makes room for a new tile and returns false if there is none. */
  upload(options: { tile: TileNumber; tileSize: number; bytes: Uint8Array; rects: readonly TileRect[] }): boolean
  has(tile: TileNumber): boolean
  drop(tile: TileNumber): void
  draw(scene: Scene): void
  dispose(): void
}
