/** The tiles that the page needs: those in the window first, then those near it. It also records which of them the sink shows. */
import type { TileNumber } from '../../../lib/brand.ts'

/** Up to 256 MiB of boards, whatever a tile's size is. */
export const maxShownTiles = 4_096

export class TileWindow {
  #wanted: readonly TileNumber[] = []
  #inWindow: readonly TileNumber[] = []
  /** How many tiles the window has, whether they are followed or not. */
  #count = 0
  readonly #shown = new Set<TileNumber>()
  /** Tiles in the window that the sink does not show. */
  #missing = new Set<TileNumber>()

  /** In the window or near it. */
  get wanted() {
    return this.#wanted
  }

  get inWindow() {
    return this.#inWindow
  }

  /** True if every tile in the window is shown. */
  get isComplete() {
    return this.#missing.size === 0 && this.#inWindow.length > 0
  }

  shows(tile: TileNumber) {
    return this.#shown.has(tile)
  }

  /** The first `inWindow` tiles are in the window, the others near it. Returns whether anything changed. */
  view(tiles: readonly TileNumber[], inWindow: number): boolean {
    const wanted = tiles.slice(0, maxShownTiles)
    if (inWindow === this.#count && isSame(wanted, this.#wanted)) return false
    this.#wanted = wanted
    this.#inWindow = wanted.slice(0, inWindow)
    this.#count = inWindow
    this.findMissing()
    return true
  }

  findMissing() {
    this.#missing = new Set(this.#inWindow.filter((tile) => !this.#shown.has(tile)))
  }

  showed(tile: TileNumber) {
    this.#shown.add(tile)
    this.#missing.delete(tile)
  }

  dropped(tile: TileNumber) {
    this.#shown.delete(tile)
  }

  allDropped() {
    this.#shown.clear()
  }

  /** How many of the window's tiles are always live; null if all of them are. */
  partlyLive(isLive: (tile: TileNumber) => boolean): { readonly parts: number; readonly of: number } | null {
    const parts = this.#inWindow.filter(isLive).length
    return parts < this.#count && this.#inWindow.length > 0 ? { parts, of: this.#count } : null
  }

  /** How much of the window's boards is loaded, in whole percent; null if all of it is shown. */
  loadedPercent(downloads: readonly { readonly tile: TileNumber; readonly arrived: number }[], tileCells: number): number | null {
    if (this.#missing.size === 0) return null
    let shown = this.#inWindow.length - this.#missing.size
    for (const { tile, arrived } of downloads) if (this.#missing.has(tile)) shown += arrived / tileCells
    return Math.floor((100 * shown) / this.#inWindow.length)
  }
}

const isSame = (a: readonly TileNumber[], b: readonly TileNumber[]) => a.length === b.length && a.every((tile, i) => tile === b[i])
