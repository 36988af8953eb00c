/**
 * The ages of the tiles in view: loaded once, and kept current by the frames of the board. Frames that arrive while a tile is loading are added
 * afterwards.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import type { BoardChange } from '../board-changes.ts'
import type { LoadedAges } from './age-loader.ts'
import { AgeMap, baseBeforeMs, firstTime, isBaseOld, unitMs } from './age-map.ts'

interface Painted {
  readonly positions: ArrayLike<number>
  readonly atMs: number
}

/** Pixels of each tile that is loading. Later ones get their age with the next reading. */
const maxWaiting = 20_000

export interface ActivityAgesOptions {
  /** The server's time. */
  readonly now: () => number
  readonly isHeld: (tile: TileNumber) => boolean
}

export class ActivityAges {
  readonly #options: ActivityAgesOptions
  readonly #maps = new Map<TileNumber, AgeMap>()
  readonly #waiting = new Map<TileNumber, Painted[]>()
  #epoch: string | null = null
  #baseMs: number

  constructor(options: ActivityAgesOptions) {
    this.#options = options
    this.#baseMs = options.now() - baseBeforeMs
  }

  get maps(): ReadonlyMap<TileNumber, AgeMap> {
    return this.#maps
  }

  /** The present in the unit of the ages. */
  present(): number {
    return (this.#options.now() - this.#baseMs) / unitMs + firstTime
  }

  /** Another history of the board has other ages. */
  setEpoch(epoch: string) {
    if (epoch === this.#epoch) return
    this.#epoch = epoch
    this.clear()
  }

  clear() {
    this.#maps.clear()
    this.#waiting.clear()
    this.#baseMs = this.#options.now() - baseBeforeMs
  }

  /** The tiles of these whose ages are missing. Others are dropped. */
  view(tiles: readonly TileNumber[]): TileNumber[] {
    if (isBaseOld(this.#baseMs, this.#options.now())) this.clear()
    const inView = new Set(tiles)
    for (const tile of this.#maps.keys()) if (!inView.has(tile)) this.#maps.delete(tile)
    for (const tile of this.#waiting.keys()) if (!inView.has(tile)) this.#waiting.delete(tile)
    const missing = tiles.filter((tile) => !this.#maps.has(tile))
    for (const tile of missing) if (!this.#waiting.has(tile)) this.#waiting.set(tile, [])
    return missing
  }

  /** Returns whether the ages were wanted. */
  loaded(tile: TileNumber, { epoch, codes, atMs }: LoadedAges): boolean {
    const waiting = this.#waiting.get(tile)
    if (!waiting || epoch !== this.#epoch) return false
    this.#waiting.delete(tile)
    const map = new AgeMap({ codes, atMs, baseMs: this.#baseMs })
    for (const { positions, atMs: paintedMs } of waiting) map.paint(positions, paintedMs)
    this.#maps.set(tile, map)
    return true
  }

  /** Returns whether ages have changed. A pixel that is not saved yet is new, too. */
  changed({ tile, kind, positions }: BoardChange): boolean {
    if (positions === null) {
      if (!this.#options.isHeld(tile)) this.#maps.delete(tile)
      return true
    }
    if (kind === 'settled') return false
    const painted = { positions: Uint32Array.from(positions), atMs: this.#options.now() }
    const waiting = this.#waiting.get(tile)
    if (waiting) {
      const count = waiting.reduce((sum, each) => sum + each.positions.length, 0)
      if (count < maxWaiting) waiting.push(painted)
    }
    const map = this.#maps.get(tile)
    map?.paint(positions, painted.atMs)
    return map !== undefined
  }
}
