/**
 * Which of the tiles in view are live. A socket may be in a limited number of tiles, so of a view with more of them those in the
 * middle are always live, and the others take turns: each turn, a tile receives what it has missed.
 */
import type { TileNumber } from '../../../lib/brand.ts'

/** A gateway lets a socket into 512. */
export const maxLiveTiles = 480
/** How many of them take turns when there are more tiles. */
export const tilesPerTurn = 64

export class LiveTiles {
  #fixed: ReadonlySet<TileNumber> = new Set()
  #turn: ReadonlySet<TileNumber> = new Set()
  #others: readonly TileNumber[] = []
  #turns = 0
  readonly #lastTurn = new Map<TileNumber, number>()

  has(tile: TileNumber) {
    return this.#fixed.has(tile) || this.#turn.has(tile)
  }

  isFixed(tile: TileNumber) {
    return this.#fixed.has(tile)
  }

  /** Not every tile is live all the time. */
  get takesTurns() {
    return this.#others.length > 0
  }

  /** All tiles that are followed, the most important first. */
  plan(tiles: readonly TileNumber[]) {
    const fixed = tiles.length <= maxLiveTiles ? tiles.length : maxLiveTiles - tilesPerTurn
    this.#fixed = new Set(tiles.slice(0, fixed))
    this.#others = tiles.slice(fixed)
    const others = new Set(this.#others)
    this.#turn = new Set([...this.#turn].filter((tile) => others.has(tile)))
    for (const tile of this.#lastTurn.keys()) if (!others.has(tile)) this.#lastTurn.delete(tile)
  }

  /** The next turn: of the tiles that are `ready`, those whose last turn was longest ago. */
  next(ready: (tile: TileNumber) => boolean) {
    const waited = (tile: TileNumber) => this.#lastTurn.get(tile) ?? 0
    const waiting = this.#others.filter(ready).sort((a, b) => waited(a) - waited(b))
    this.#turn = new Set(waiting.slice(0, tilesPerTurn))
    this.#turns++
    for (const tile of this.#turn) this.#lastTurn.set(tile, this.#turns)
  }
}
