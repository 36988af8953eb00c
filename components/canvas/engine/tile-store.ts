/**
 * All tiles of a canvas as they are shown. It uploads to the renderer only what changed and is in the window. Tiles outside the
 * window collect their changes as dirty blocks.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import { type BoardPoint, contains, positionOf, tileOf, tileOrigin } from '../../../lib/geometry.ts'
import type { Rect } from './rect.ts'
import type { Renderer } from './renderer.ts'
import { TileSurface } from './tile-surface.ts'
import type { EngineCanvas } from './types.ts'

export class TileStore {
  readonly #renderer: () => Renderer
  readonly #surfaces = new Map<TileNumber, TileSurface>()
  #canvas: EngineCanvas | null = null

  constructor(renderer: () => Renderer) {
    this.#renderer = renderer
  }

  /** True if the renderer has the whole tile, so that a pixel painted there is visible. */
  isDrawn(tile: TileNumber) {
    return this.#surfaces.get(tile)?.shown != null && this.#renderer().has(tile)
  }

  /** Returns true if the tile size changed and all tiles were dropped. */
  setCanvas(canvas: EngineCanvas): boolean {
    const resized = this.#canvas !== null && this.#canvas.tileSize !== canvas.tileSize
    this.#canvas = canvas
    if (resized) {
      for (const tile of this.#surfaces.keys()) this.#renderer().drop(tile)
      this.#surfaces.clear()
    }
    return resized
  }

  get(tile: TileNumber) {
    return this.#surfaces.get(tile)
  }

  /** The tile, created if necessary; null before the canvas is known. */
  open(tile: TileNumber): TileSurface | null {
    if (!this.#canvas) return null
    const surface = this.#surfaces.get(tile) ?? new TileSurface(this.#canvas.tileSize)
    this.#surfaces.set(tile, surface)
    return surface
  }

  drop(tile: TileNumber) {
    const surface = this.#surfaces.get(tile)
    surface?.drop()
    if (surface?.empty) this.#surfaces.delete(tile)
    this.#renderer().drop(tile)
  }

  clear() {
    this.#surfaces.clear()
  }

  colorAt(cell: BoardPoint): number | null {
    if (!this.#canvas || !contains(this.#canvas, cell)) return null
    const { tileSize } = this.#canvas
    return this.#surfaces.get(tileOf(tileSize, cell))?.colorAt(positionOf(tileSize, cell)) ?? null
  }

  isOptimistic(cell: BoardPoint): boolean {
    if (!this.#canvas || !contains(this.#canvas, cell)) return false
    const { tileSize } = this.#canvas
    return this.#surfaces.get(tileOf(tileSize, cell))?.isOptimistic(positionOf(tileSize, cell)) ?? false
  }

  /** The renderer has lost its copies, or draws with another palette. */
  markAllDirty() {
    for (const surface of this.#surfaces.values()) surface.dirty.markAll()
  }

  /** Uploads what changed in an area. Returns the tiles that the renderer can draw, and whether it has no room for others. */
  upload(tiles: readonly TileNumber[], { left, top, right, bottom }: Rect): { drawn: TileNumber[]; isFull: boolean } {
    const renderer = this.#renderer()
    let isFull = false
    for (const tile of tiles) {
      const surface = this.#surfaces.get(tile)
      const bytes = surface?.drawn
      if (!this.#canvas || !surface || !bytes || surface.dirty.clean) continue
      const { tileSize } = this.#canvas
      const { gx, gy } = tileOrigin(tileSize, tile)
      const rects = surface.dirty.take({ left: left - gx, top: top - gy, right: right - gx, bottom: bottom - gy })
      if (rects.length === 0 || renderer.upload({ tile, tileSize, bytes, rects })) continue
      surface.dirty.markAll()
      isFull = true
    }
    return { drawn: tiles.filter((tile) => renderer.has(tile)), isFull }
  }
}
