/**
 * Joins the tiles that are live and leaves the others, soon after the view has moved and at each turn (`live-tiles.ts`).
 */
import type { TileNumber } from '../../../lib/brand.ts'
import { LiveTiles } from './live-tiles.ts'
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

/** The minimum time between two plans. A gateway accepts 50 messages a second. */
const planEveryMs = 100
const turnMs = 3_000

export class LiveJoins {
  readonly #options: LiveJoinsOptions
  readonly #live = new LiveTiles()
  #plannedMs = Number.NEGATIVE_INFINITY
  readonly #planTimer: Timer
  readonly #turnTimer: Timer

  constructor(options: LiveJoinsOptions) {
    this.#options = options
    this.#planTimer = new Timer(options.runtime.timers)
    this.#turnTimer = new Timer(options.runtime.timers)
  }

  /** True if the tile is always live. */
  isFixed(tile: TileNumber) {
    return this.#live.isFixed(tile)
  }

  /** Joins a tile again if it is live. */
  join(tile: TileNumber) {
    if (this.#live.has(tile)) this.#options.joiner.join(tile)
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

  #plan() {
    const { runtime, followed, onPlanned } = this.#options
    this.#plannedMs = runtime.now()
    this.#live.plan(followed())
    this.#joinAndLeave()
    if (this.#live.takesTurns && !this.#turnTimer.isSet) this.#startTurn()
    onPlanned()
  }

  #startTurn() {
    this.#turnTimer.set(() => {
      if (!this.#live.takesTurns) return
      this.#live.next(this.#options.isReady)
      this.#joinAndLeave()
      this.#startTurn()
    }, turnMs)
  }

  #joinAndLeave() {
    const { joiner, followed } = this.#options
    const left: TileNumber[] = []
    for (const tile of followed()) {
      const isLive = this.#live.has(tile)
      if (isLive === joiner.isMember(tile)) continue
      if (isLive) joiner.join(tile)
      else left.push(tile)
    }
    joiner.leave(left)
  }
}
