/**
 * What the board shows where the painter takes pixels back: what was below, at once. It stays on top of the board until a frame shows the
 * cell without the painter's pixel, because the answer may arrive before the frame.
 */
import type { Position, TileNumber } from '../../../lib/brand.ts'
import { positionOf, tileOf } from '../../../lib/geometry.ts'
import type { OptimisticPixel, Overlay } from '../../../lib/overlay.ts'
import type { TileSync } from './tile-sync.ts'
import type { Runtime } from './types.ts'
import type { StepPixel } from './undo-step.ts'

export interface UndonePixelsOptions {
  readonly runtime: Runtime
  readonly overlay: Overlay
  readonly tileSize: () => number
  readonly tiles: () => Pick<TileSync, 'current' | 'follows'>
  /** A position shows another color. */
  readonly onChange: (tile: TileNumber, position: Position) => void
}

/** After this time, a board that is current includes the undo. */
const surelyShownAfterMs = 10_000

interface Undone {
  readonly pixel: OptimisticPixel
  /** The color that was taken back. */
  readonly own: number
}

export class UndonePixels {
  readonly #options: UndonePixelsOptions
  /** Answered, and not known to be on the board. */
  readonly #undone = new Map<string, Undone>()
  readonly #timers = new Set<number>()

  constructor(options: UndonePixelsOptions) {
    this.#options = options
  }

  cover(pixel: StepPixel) {
    this.#show(pixel, pixel.before)
  }

  uncover(pixel: StepPixel) {
    this.#remove(this.#coverOf(pixel, pixel.before))
  }

  undone(pixel: StepPixel, color: number) {
    const { overlay, tiles } = this.#options
    const cover = this.#coverOf(pixel, color)
    if (color !== pixel.before) this.#show(pixel, color)
    if (!tiles().follows(cover.tile) || overlay.confirm(cover.key)) return this.#remove(cover)
    this.#undone.set(cover.key, { pixel: cover, own: pixel.color })
    this.#removeLater(cover)
  }

  /** Colors of a tile arrived. Another painter may have painted over the cell in the same frame. */
  advance(tile: TileNumber, colorAt: (position: Position) => number | null) {
    for (const { pixel, own } of [...this.#undone.values()]) {
      if (pixel.tile !== tile) continue
      const color = colorAt(pixel.position)
      if (color !== null && color !== own) this.#remove(pixel)
    }
  }

  /** The tile is no longer followed, or all boards are dropped. */
  dropped(tile: TileNumber | null) {
    for (const { pixel } of [...this.#undone.values()]) if (tile === null || pixel.tile === tile) this.#remove(pixel)
  }

  dispose() {
    for (const timer of this.#timers) this.#options.runtime.timers.clear(timer)
    this.#timers.clear()
  }

  #coverOf({ key, cell }: StepPixel, color: number): OptimisticPixel {
    const tileSize = this.#options.tileSize()
    return { key: `undo:${key}`, tile: tileOf(tileSize, cell), position: positionOf(tileSize, cell), color }
  }

  #show(pixel: StepPixel, color: number) {
    const cover = this.#coverOf(pixel, color)
    this.#options.overlay.add(cover)
    this.#options.onChange(cover.tile, cover.position)
  }

  #remove({ key, tile, position }: OptimisticPixel) {
    this.#undone.delete(key)
    this.#options.overlay.refuse(key)
    this.#options.onChange(tile, position)
  }

  #removeLater(cover: OptimisticPixel) {
    const { timers } = this.#options.runtime
    const timer = timers.set(() => {
      this.#timers.delete(timer)
      if (!this.#undone.has(cover.key)) return
      if (this.#options.tiles().current) this.#remove(cover)
      else this.#removeLater(cover)
    }, surelyShownAfterMs)
    this.#timers.add(timer)
  }
}
