/**
 * The interface of the canvas engine, which owns one `<canvas>`, the camera and all pointer input. The session draws directly into the
 * engine, and the page receives only the view and the selected cell.
 */
import type { Position, TileNumber } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { Rgb } from '../../../lib/palette.ts'
import type { Covered } from './camera.ts'
import type { Layer } from './layer.ts'
import type { LayerName } from './layers.ts'
import type { RendererKind } from './renderer.ts'
import type { ToolName } from './tools.ts'

/** The part of a canvas that the engine uses. */
export type EngineCanvas = Pick<Canvas, 'width' | 'height' | 'tileSize' | 'palette' | 'background' | 'protectedAreas'>

/** Where the view is: the board point in the middle (fractions allowed), and the CSS pixels that one board pixel takes. */
export interface CanvasView {
  readonly centerX: number
  readonly centerY: number
  readonly zoom: number
  readonly cell: BoardPoint | null
}

export type InputHow = 'pointer' | 'touch' | 'keyboard'

/**
 * `lost`: the graphics context is lost, and nothing is drawn. `simple`: the 2D renderer has taken over. `incomplete`: there is no
 * memory for some tiles. `none`: this browser cannot draw.
 */
export type PictureState = 'shown' | 'lost' | 'simple' | 'incomplete' | 'none'

/** `draw`: the next cells on the board. `drop`: nothing of the stroke is kept. `too_small`: the cells are too small to draw on. */
export type StrokeStep =
  | { do: 'begin' }
  | { do: 'draw'; cells: readonly BoardPoint[] }
  | { do: 'end' }
  | { do: 'drop' }
  | { do: 'too_small' }

export interface EngineEvents {
  /** The view, the zoom or the cell changed; at most once per drawn frame. */
  readonly onView: (view: CanvasView) => void
  readonly onCell: (cell: BoardPoint | null, how: InputHow) => void
  /** A click without movement, `act()`, or a second tap on the selected cell. */
  readonly onPaint: (cell: BoardPoint, how: InputHow) => void
  readonly onStroke: (step: StrokeStep) => void
  /** A long press, or the secondary mouse button. The cell may be outside the board. */
  readonly onInspect: (cell: BoardPoint) => void
  /** The eyedropper, the middle mouse button, or a click with Alt. */
  readonly onPick: (cell: BoardPoint) => void
  /** Whether the board is visible has changed. It is `shown` at first. May be called before the constructor returns. */
  readonly onPicture: (state: PictureState) => void
}

export interface CanvasEngineOptions {
  /** Fills the window; positioned. The engine puts its `<canvas>` inside and takes it out on `dispose`. */
  readonly host: HTMLElement
  /** `prefers-reduced-motion`: no animation and no gliding. `setReducedMotion` follows a change. */
  readonly reducedMotion: boolean
  readonly events: EngineEvents
  /** CSS pixels at the top and bottom that cards cover when the board is fitted; none by default. */
  readonly covered?: () => Covered
  /** `2d` forces the 2D renderer (`?renderer=2d`); otherwise WebGL2 is used if the browser has it. */
  readonly renderer?: 'auto' | '2d'
}

/** What the session draws into: the engine, or a replacement in tests. */
export interface PixelSink {
  /** The canvas became known or changed. A new tile size drops every tile. */
  setCanvas(canvas: EngineCanvas): void
  /** The whole board of a tile: `tileSize × tileSize` palette indices by position. The bytes are copied. */
  setTile(tile: TileNumber, colors: Uint8Array): void
  /** The first `count` colors of a board that is still loading. They are shown until `setTile`. */
  showPart(tile: TileNumber, colors: Uint8Array, count: number): void
  /** Confirmed pixels of a tile whose board is loaded. Optimistic pixels stay on top of them. */
  drawPixels(tile: TileNumber, positions: Uint32Array, colors: Uint8Array): void
  /** An optimistic pixel on top of the board, or null to show the board again. */
  paintOptimistic(tile: TileNumber, position: Position, color: number | null, animate: boolean): void
  /** The palette index shown at this cell, with optimistic pixels; null where nothing is loaded. */
  pixelAt(cell: BoardPoint): number | null
  /** The tile is no longer followed, so its bytes are dropped. Its optimistic pixels stay. */
  dropTile(tile: TileNumber): void
}

export interface CanvasEngine extends PixelSink {
  readonly rendererKind: RendererKind
  /** True once the cell's tile is drawn, so that a pixel painted there is visible. */
  isDrawn(cell: BoardPoint): boolean
  /** The color that the selected cell shows; null shows only its frame. */
  setSelectedColor(index: number | null): void
  /** Activates a tool and ends the current gesture. `pan-and-paint` is active at first. */
  setTool(name: ToolName): void
  /** The arrow keys. */
  moveCell(dx: number, dy: number): void
  setCell(cell: BoardPoint | null, how: InputHow): void
  /** Space is down: a stroke begins, or the tool is used on the selected cell. */
  hold(): boolean
  /** The stroke ends: Space is up. Returns whether there was one. */
  release(): boolean
  /** Takes back the stroke that is being drawn. Returns whether there was one. */
  dropStroke(): boolean
  /** Enter or the phone's button: uses the active tool on the selected cell. Returns whether there was one. */
  act(how: InputHow): boolean
  /** One zoom step in or out, to whole device pixels per cell so that all cells are equally wide. */
  zoomStep(by: 1 | -1): void
  /** Centers a board point at once. Before `setCanvas` the point is kept until then. */
  centerOn(target: { readonly x: number; readonly y: number; readonly zoom?: number }): void
  /** Shows the whole board with a margin. */
  fit(): void
  view(): CanvasView
  /** Tiles in the window (the first `inWindow`), then tiles near it, each from the middle outwards. Empty before `setCanvas`. */
  visibleTiles(): { readonly tiles: readonly TileNumber[]; readonly inWindow: number }
  /** Draws a layer directly above another one, until the returned function is called. */
  addLayer(layer: Layer, above: LayerName): () => void
  /** Something that a layer draws has changed. */
  invalidate(): void
  /** Lines between the pixels, drawn from 8 CSS pixels per pixel on. */
  setGrid(on: boolean): void
  setReducedMotion(on: boolean): void
  /** The CSS variables `--plaster`, `--surface`, `--line`, `--ink` of the host changed. */
  themeChanged(): void
  /** The theme's color of what is chosen. */
  readonly accent: Rgb
  /** The cell shows a painted pixel that the board does not include yet. */
  isOptimistic(cell: BoardPoint): boolean
  /** The shown bytes of a tile, with optimistic pixels, for reading only; null while it is not loaded. */
  shown(tile: TileNumber): Uint8Array | null
  /** A copy of the shown bytes of a tile, with optimistic pixels; null while it is not loaded. */
  bytes(tile: TileNumber): Uint8Array | null
  /** Idempotent. */
  dispose(): void
}
