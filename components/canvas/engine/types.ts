/**
 * The canvas engine as the page sees it: an imperative object that owns one `<canvas>`, the camera and all pointer input.
 *
 * Pixels never enter React or zustand: the session draws straight into the engine, and the page only hears where the view and
 * the cell are. Made by `createCanvasEngine` in `engine.ts`.
 */
import type { Position, TileNumber } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { RendererKind } from './renderer.ts'
import type { ToolName } from './tools.ts'

/** What the engine needs of a canvas; `CanvasInfo` of the session fits. */
export interface EngineCanvas {
  readonly width: number
  readonly height: number
  readonly tileSize: number
  /** `#RRGGBB`, 2 to 256 of them. */
  readonly palette: readonly string[]
  readonly background: number
}

/** Where the view is: the board point in the middle (fractions allowed), and the CSS pixels that one board pixel takes. */
export interface CanvasView {
  readonly centerX: number
  readonly centerY: number
  readonly zoom: number
  readonly cell: BoardPoint | null
}

export type InputHow = 'pointer' | 'touch' | 'keyboard'

/**
 * `lost`: the graphics context is away, and nothing is drawn. `simple`: the 2D renderer has taken over. `incomplete`: there is no memory
 * for some tiles. `none`: nothing can be drawn here.
 */
export type PictureState = 'shown' | 'lost' | 'simple' | 'incomplete' | 'none'

export interface CanvasEngineOptions {
  /** Fills the window; positioned. The engine puts its `<canvas>` inside and takes it out on `dispose`. */
  readonly host: HTMLElement
  /** `prefers-reduced-motion`: nothing settles or glides. `setReducedMotion` follows a change. */
  readonly reducedMotion: boolean
  /** The view, the zoom or the cell changed; at most once per drawn frame. */
  readonly onView: (view: CanvasView) => void
  readonly onCell: (cell: BoardPoint | null, how: InputHow) => void
  /** A click without movement, `paintCell()`, or a second tap on the chosen cell. */
  readonly onPaint: (cell: BoardPoint, how: InputHow) => void
  /** A long press, or the secondary mouse button. */
  readonly onInspect: (cell: BoardPoint) => void
  /** Whether the board can be seen changed. It is `shown` until this is called; it may be called before the engine is there. */
  readonly onPicture: (state: PictureState) => void
  /** CSS pixels at the top and bottom that lie under something opaque when the board is fitted; nothing by default. */
  readonly covered?: () => { readonly top: number; readonly bottom: number }
  /** `2d` forces the fallback (`?renderer=2d`); otherwise WebGL2 is used where there is one. */
  readonly renderer?: 'auto' | '2d'
}

/** What the session draws into. The engine is one; tests have their own. */
export interface PixelSink {
  /** The canvas became known, or changed. Another tile size drops every tile. */
  setCanvas(canvas: EngineCanvas): void
  /** The whole board of a tile: `tileSize × tileSize` palette indices by position. The bytes are copied. */
  setTile(tile: TileNumber, colors: Uint8Array): void
  /** The first `count` colours of a board that is still on its way. They are shown until `setTile`, and nothing else reads them. */
  showPart(tile: TileNumber, colors: Uint8Array, count: number): void
  /** Confirmed pixels of a tile whose board is there; own pixels stay on top of them. */
  drawPixels(tile: TileNumber, positions: Uint32Array, colors: Uint8Array): void
  /** An own pixel on top of the board, or null to show the board again; `settle` plays the 120 ms settle. */
  paintOwn(tile: TileNumber, position: Position, color: number | null, settle: boolean): void
  /** The tile is no longer followed: its bytes would grow stale and are let go. Own pixels on it stay. */
  dropTile(tile: TileNumber): void
}

export interface CanvasEngine extends PixelSink {
  /** Which renderer is at work. */
  readonly rendererKind: RendererKind
  /** The cell's tile has been drawn: what is painted there can be seen. */
  isDrawn(cell: BoardPoint): boolean
  /** The palette index that the cell shows; null shows the frame only. */
  setSelectedColor(index: number | null): void
  /** What the pointer and the keys do from now on; `pan-and-paint` at first. */
  setTool(name: ToolName): void
  /** The arrow keys. */
  moveCell(dx: number, dy: number): void
  setCell(cell: BoardPoint | null, how?: InputHow): void
  /** Enter, Space or the phone's button: uses the active tool on the selected cell. Returns whether there was one. */
  act(how?: InputHow): boolean
  /** A step: the goal lands on whole device pixels, so that cells stay evenly wide. `at` is in CSS pixels of the host. */
  zoomBy(factor: number, at?: { readonly x: number; readonly y: number }): void
  /** The board point goes to the middle of the view, at once. Works before `setCanvas` too: it is kept for then. */
  centerOn(place: { readonly x: number; readonly y: number; readonly zoom?: number }): void
  /** The whole board with a margin: what a visitor without a link sees. */
  fit(): void
  view(): CanvasView
  /** Tiles in the window (the first `inWindow`) and near it, of both the middle first. Empty before `setCanvas`. */
  visibleTiles(): { readonly tiles: readonly TileNumber[]; readonly inWindow: number }
  /** Lines between the pixels, drawn from 8 CSS pixels per pixel on. */
  setGrid(on: boolean): void
  setReducedMotion(on: boolean): void
  /** The CSS variables `--plaster`, `--surface`, `--line`, `--ink` of the host changed. */
  themeChanged(): void
  /** The palette index shown at this cell, own pixels included; null where nothing is loaded. */
  pixelAt(cell: BoardPoint): number | null
  /** A copy of what is shown of a tile, own pixels included; null while it is not loaded. For tests. */
  bytes(tile: TileNumber): Uint8Array | null
  /** Idempotent. */
  dispose(): void
}
