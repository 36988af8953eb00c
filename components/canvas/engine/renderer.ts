/**
 * What draws a frame: WebGL2, or a 2D canvas where there is none. Both get the same scene, already in device pixels.
 *
 * A renderer holds copies of tiles (textures) and nothing else; the engine tells it what changed and when to draw.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import type { DeviceTransform } from './camera.ts'
import type { TileRect } from './dirty-blocks.ts'
import type { Rect } from './rect.ts'

/** Red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number]

export interface Theme {
  /** The ground around the board. */
  readonly plaster: Rgb
  readonly dots: Rgb
  /** The line around the board. */
  readonly edge: Rgb
  /** Where the board is not loaded yet. */
  readonly empty: Rgb
}

/** Device pixels from the top left; whole numbers. */
export type DeviceRect = Rect

/** A tile's part that lies on the canvas, and where its top left pixel is drawn (with fractions). */
export interface SceneTile {
  readonly tile: TileNumber
  readonly rect: DeviceRect
  readonly originX: number
  readonly originY: number
}

export interface Mark {
  readonly rect: DeviceRect
  readonly color: Rgb
}

export interface Scene {
  readonly width: number
  readonly height: number
  readonly pixelRatio: number
  readonly transform: DeviceTransform
  readonly board: DeviceRect
  /** Those that are loaded. */
  readonly tiles: readonly SceneTile[]
  /** Not all tiles in the window are loaded: the board's ground shows. */
  readonly missing: boolean
  /** 0 to 1: how strong the lines between the pixels are. */
  readonly grid: number
  /** Drawn last, in this order. */
  readonly marks: readonly Mark[]
  readonly theme: Theme
}

export type RendererKind = 'webgl2' | '2d' | 'none'

export interface Renderer {
  readonly kind: RendererKind
  setPalette(colors: readonly Rgb[]): void
  /** Parts of a tile; `bytes` is the whole tile. Makes room for the tile when it is new; answers false when there is none. */
  upload(options: { tile: TileNumber; tileSize: number; bytes: Uint8Array; rects: readonly TileRect[] }): boolean
  has(tile: TileNumber): boolean
  drop(tile: TileNumber): void
  draw(scene: Scene): void
  dispose(): void
}
