/**
 * Joins the tiles that are live, and leaves the others. A socket may join a limited number of tiles. If a view has more, the tiles
 * in the middle are always live. The others take turns, in which they receive their missed commits.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import type { TileJoiner } from './tile-joiner.ts'
import { Timer } from './timer.ts'
import type { Runtime } from './types.ts'

export interface LiveJoinsOptions {
  readonly runtime: Runtime
  readonly joiner: Pick<TileJoiner, 'isMember' | 'join' | 'leave'>
  /** All tiles that are followed, the most important first. */
  readonly followed: () => readonly TileNumber[]
  /** The tile's board is loaded, so that its turn brings only the missed commits. */
  readonly isReady: (tile: TileNumber) => boolean
  /** The live tiles have changed. */
  readonly onPlanned: () => void
}

/** A gateway allows 512 tiles for a socket. */
export const maxLiveTiles = 480
/** How many tiles are live in one turn. */
export const tilesPerTurn = 64
/** The minimum time between two plans. A gateway accepts 50 messages a second. */
const planEveryMs = 100
const turnMs = 3_000

export class LiveJoins {
  readonly #options: LiveJoinsOptions
  readonly #planTimer: Timer
  readonly #turnTimer: Timer
  #plannedMs = Number.NEGATIVE_INFINITY
  #fixed: ReadonlySet<TileNumber> = new Set()
  /** The tiles that take turns. */
  #others: readonly TileNumber[] = []
  #turn: ReadonlySet<TileNumber> = new Set()
  #turns = 0
  readonly #lastTurn = new Map<TileNumber, number>()

  constructor(options: LiveJoinsOptions) {
    this.#options = options
    this.#planTimer = new Timer(options.runtime.timers)
    this.#turnTimer = new Timer(options.runtime.timers)
  }

  /** True if the tile is always live. */
  isFixed(tile: TileNumber) {
    return this.#fixed.has(tile)
  }

  /** Joins a tile again if it is live. */
  join(tile: TileNumber) {
    if (this.#isLive(tile)) this.#options.joiner.join(tile)
  }

  /** The followed tiles have changed. */
  planSoon() {
    if (this.#planTimer.isSet) return
    const waitMs = this.#plannedMs + planEveryMs - this.#options.runtime.now()
    if (waitMs <= 0) this.#plan()
    else this.#planTimer.set(() => this.#plan(), waitMs)
  }

  dispose() {
    this.#planTimer.clear()
    this.#turnTimer.clear()
  }

  #isLive(tile: TileNumber) {
    return this.#fixed.has(tile) || this.#turn.has(tile)
  }

  #plan() {
    this.#plannedMs = this.#options.runtime.now()
    const tiles = this.#options.followed()
    const fixed = tiles.length <= maxLiveTiles ? tiles.length : maxLiveTiles - tilesPerTurn
    this.#fixed = new Set(tiles.slice(0, fixed))
    this.#others = tiles.slice(fixed)
    const others = new Set(this.#others)
    this.#turn = new Set([...this.#turn].filter((tile) => others.has(tile)))
    for (const tile of this.#lastTurn.keys()) if (!others.has(tile)) this.#lastTurn.delete(tile)
    this.#joinAndLeave()
    if (this.#others.length > 0 && !this.#turnTimer.isSet) this.#turnTimer.set(() => this.#nextTurn(), turnMs)
    this.#options.onPlanned()
  }

  /** Starts the next turn with the ready tiles whose last turn was longest ago. */
  #nextTurn() {
    if (this.#others.length === 0) return
    const lastTurn = (tile: TileNumber) => this.#lastTurn.get(tile) ?? 0
    const waiting = this.#others.filter(this.#options.isReady).sort((a, b) => lastTurn(a) - lastTurn(b))
    this.#turn = new Set(waiting.slice(0, tilesPerTurn))
    this.#turns++
    for (const tile of this.#turn) this.#lastTurn.set(tile, this.#turns)
    this.#joinAndLeave()
    this.#turnTimer.set(() => this.#nextTurn(), turnMs)
  }

  #joinAndLeave() {
    const { joiner, followed } = this.#options
    const left: TileNumber[] = []
    for (const tile of followed()) {
      if (this.#isLive(tile) === joiner.isMember(tile)) continue
      if (this.#isLive(tile)) joiner.join(tile)
      else left.push(tile)
    }
    joiner.leave(left)
  }
}
