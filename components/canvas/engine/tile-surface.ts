/**
 * The bytes of one tile as they are shown: the confirmed board with own pixels on top, and what of it has changed since the
 * last frame.
 *
 * Under each own pixel the confirmed colour is kept and goes on following the board, so taking an own pixel back shows a
 * stranger's newer one. One array only: a canvas of 16 tiles is 16 MB, not 32.
 */
import type { Position } from '../../../lib/brand.ts'
import { DirtyBlocks } from './dirty-blocks.ts'

interface OptimisticPixel {
  color: number
  /** The confirmed colour under it; null while the board is not there. */
  under: number | null
}

export class TileSurface {
  readonly dirty: DirtyBlocks
  readonly #tileSize: number
  readonly #cells: number
  #part: { readonly colors: Uint8Array; readonly rows: number } | null = null
  #shown: Uint8Array | null = null
  readonly #own = new Map<number, OptimisticPixel>()

  constructor(tileSize: number) {
    this.#tileSize = tileSize
    this.#cells = tileSize * tileSize
    this.dirty = new DirtyBlocks(tileSize)
  }

  /** What there is to draw: the board, or the part of it that has come. */
  get drawn(): Uint8Array | null {
    return this.#shown ?? this.#part?.colors ?? null
  }

  /** How many rows of it, from the top. */
  get rows() {
    return this.#shown ? this.#tileSize : (this.#part?.rows ?? 0)
  }

  /** The live bytes, to be read only; null while the board is not there. */
  get shown(): Uint8Array | null {
    return this.#shown
  }

  get empty() {
    return this.#shown === null && this.#own.size === 0
  }

  /** The first `count` colours of a board that is on its way. The bytes are not copied: they are the ones that go on arriving. */
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
    for (const [position, own] of this.#own) {
      own.under = colors[position] ?? null
      this.#shown[position] = own.color
    }
    this.dirty.markAll()
  }

  /** Confirmed pixels. Without a board there is nothing to draw on: the board that comes includes them. */
  draw(positions: Uint32Array, colors: Uint8Array) {
    if (!this.#shown) return
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i] as number
      const own = this.#own.size > 0 ? this.#own.get(position) : undefined
      if (own) own.under = colors[i] as number
      else this.#put(position, colors[i] as number)
    }
  }

  /** An own pixel, or null to take it back. */
  paintOwn(position: Position, color: number | null) {
    const own = this.#own.get(position)
    if (color === null) {
      if (!own) return
      this.#own.delete(position)
      if (own.under !== null) this.#put(position, own.under)
      return
    }
    if (own) own.color = color
    else this.#own.set(position, { color, under: this.#shown?.[position] ?? null })
    this.#put(position, color)
  }

  /** Lets the board go; own pixels wait for the next one. */
  drop() {
    this.#shown = null
    this.#part = null
    for (const own of this.#own.values()) own.under = null
  }

  colorAt(position: Position): number | null {
    return this.#own.get(position)?.color ?? this.#shown?.[position] ?? null
  }

  #put(position: number, color: number) {
    if (!this.#shown || this.#shown[position] === color) return
    this.#shown[position] = color
    this.dirty.mark(position)
  }
}
