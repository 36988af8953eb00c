/**
 * The shown bytes of one tile: the confirmed board with optimistic pixels on top. The confirmed color under each optimistic pixel is
 * kept and updated, so taking the pixel back shows the newest board.
 */
import type { Position } from '../../../lib/brand.ts'
import { DirtyBlocks } from './dirty-blocks.ts'

interface OptimisticPixel {
  color: number
  /** The confirmed color under it; null while the board is not loaded. */
  under: number | null
}

export class TileSurface {
  readonly dirty: DirtyBlocks
  readonly #tileSize: number
  readonly #cells: number
  #part: { readonly colors: Uint8Array; readonly rows: number } | null = null
  #shown: Uint8Array | null = null
  readonly #optimistic = new Map<number, OptimisticPixel>()

  constructor(tileSize: number) {
    this.#tileSize = tileSize
    this.#cells = tileSize * tileSize
    this.dirty = new DirtyBlocks(tileSize)
  }

  /** What to draw: the board, or the part of it that is loaded. */
  get drawn(): Uint8Array | null {
    return this.#shown ?? this.#part?.colors ?? null
  }

  /** How many rows of it, from the top. */
  get rows() {
    return this.#shown ? this.#tileSize : (this.#part?.rows ?? 0)
  }

  /** The bytes themselves, not a copy, for reading only; null while the board is not loaded. */
  get shown(): Uint8Array | null {
    return this.#shown
  }

  get empty() {
    return this.#shown === null && this.#optimistic.size === 0
  }

  /** The first `count` colors of a board that is still loading. The bytes are not copied, so later ones appear in them. */
  showPart(colors: Uint8Array, count: number) {
    const rows = Math.floor(count / this.#tileSize)
    const before = this.#part?.rows ?? 0
    if (this.#shown || rows <= before) return
    this.#part = { colors, rows }
    this.dirty.markRows(before, rows)
  }

  set(colors: Uint8Array) {
    if (colors.length !== this.#cells) throw new RangeError(`a tile has ${this.#cells} bytes, got ${colors.length}`)
    this.#part = null
    this.#shown ??= new Uint8Array(this.#cells)
    this.#shown.set(colors)
    for (const [position, pixel] of this.#optimistic) {
      pixel.under = colors[position] ?? null
      this.#shown[position] = pixel.color
    }
    this.dirty.markAll()
  }

  /** Confirmed pixels. Without a board they are ignored, because the board that arrives later includes them. */
  draw(positions: Uint32Array, colors: Uint8Array) {
    if (!this.#shown) return
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i] as number
      const pixel = this.#optimistic.size > 0 ? this.#optimistic.get(position) : undefined
      if (pixel) pixel.under = colors[i] as number
      else this.#put(position, colors[i] as number)
    }
  }

  /** An optimistic pixel, or null to take it back. */
  paintOptimistic(position: Position, color: number | null) {
    const pixel = this.#optimistic.get(position)
    if (color === null) {
      if (!pixel) return
      this.#optimistic.delete(position)
      if (pixel.under !== null) this.#put(position, pixel.under)
      return
    }
    if (pixel) pixel.color = color
    else this.#optimistic.set(position, { color, under: this.#shown?.[position] ?? null })
    this.#put(position, color)
  }

  /** Drops the board and keeps the optimistic pixels for the next one. */
  drop() {
    this.#shown = null
    this.#part = null
    for (const pixel of this.#optimistic.values()) pixel.under = null
  }

  isOptimistic(position: Position) {
    return this.#optimistic.has(position)
  }

  colorAt(position: Position): number | null {
    return this.#optimistic.get(position)?.color ?? this.#shown?.[position] ?? null
  }

  #put(position: number, color: number) {
    if (!this.#shown || this.#shown[position] === color) return
    this.#shown[position] = color
    this.dirty.mark(position)
  }
}
