/**
 * Decides which tiles in view are live. A socket may join a limited number of tiles. If a view has more, the tiles in the middle
 * are always live, and the others take turns: in its turn a tile receives the commits that it has missed.
 */
import type { TileNumber } from '../../../lib/brand.ts'

/** A gateway allows 512 tiles for a socket. */
export const maxLiveTiles = 480
/** How many tiles are live in one turn. */
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

  /** True if some tiles are not always live. */
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

  /** Starts the next turn with the `ready` tiles whose last turn was longest ago. */
  next(ready: (tile: TileNumber) => boolean) {
    const waited = (tile: TileNumber) => this.#lastTurn.get(tile) ?? 0
    const waiting = this.#others.filter(ready).sort((a, b) => waited(a) - waited(b))
    this.#turn = new Set(waiting.slice(0, tilesPerTurn))
    this.#turns++
    for (const tile of this.#turn) this.#lastTurn.set(tile, this.#turns)
  }
}
