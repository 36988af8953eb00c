/**
 * Fetches boards, a few at a time and those asked for first first, and tries again until they are there or no longer wanted.
 *
 * A board is up to a megabyte: a zoomed-out view of a large canvas wants dozens, and the middle of the view should not wait for
 * the corners. At most one request per tile is under way.
 */
import type { Board } from '../../../lib/board.ts'
import type { TileNumber } from '../../../lib/brand.ts'
import type { Api } from './api.ts'
import { backoffMs } from './backoff.ts'
import type { SessionEnvironment } from './types.ts'

export type BoardLoaderOptions = Pick<SessionEnvironment, 'timers' | 'random'> & {
  readonly api: Pick<Api, 'board'>
  readonly onBoard: (tile: TileNumber, board: Board) => void
  /** The server knows no such canvas or tile: what is known of the canvas is out of date. */
  readonly onUnknown: () => void
}

const atOnce = 6
const retry = { baseMs: 400, maxMs: 5_000 }

interface Wanted {
  failures: number
  stop: AbortController | null
  timer: number | null
}

export class BoardLoader {
  readonly #options: BoardLoaderOptions
  /** In the order of asking. */
  readonly #wanted = new Map<TileNumber, Wanted>()
  #running = 0

  constructor(options: BoardLoaderOptions) {
    this.#options = options
  }

  /** True while a board is asked for and not there yet. */
  loading(tile: TileNumber) {
    return this.#wanted.has(tile)
  }

  /** Asks for a board. With `fresh`, one that is already on its way does not count: it may be from before. */
  load(tile: TileNumber, fresh = false) {
    if (this.#wanted.has(tile)) {
      if (!fresh) return
      this.cancel(tile)
    }
    this.#wanted.set(tile, { failures: 0, stop: null, timer: null })
    this.#pump()
  }

  cancel(tile: TileNumber) {
    const wanted = this.#wanted.get(tile)
    if (!wanted) return
    this.#wanted.delete(tile)
    wanted.stop?.abort()
    if (wanted.timer !== null) this.#options.timers.clear(wanted.timer)
  }

  cancelAll() {
    for (const tile of [...this.#wanted.keys()]) this.cancel(tile)
  }

  /** The server can be reached again: nothing waits any longer. */
  retryNow() {
    for (const wanted of this.#wanted.values()) {
      if (wanted.timer !== null) this.#options.timers.clear(wanted.timer)
      wanted.timer = null
    }
    this.#pump()
  }

  #pump() {
    for (const [tile, wanted] of this.#wanted) {
      if (this.#running >= atOnce) return
      if (wanted.stop === null && wanted.timer === null) void this.#run(tile, wanted)
    }
  }

  async #run(tile: TileNumber, wanted: Wanted) {
    const stop = new AbortController()
    wanted.stop = stop
    this.#running++
    const answer = await this.#options.api.board(tile, stop.signal)
    this.#running--
    wanted.stop = null
    if (this.#wanted.get(tile) === wanted) {
      if (answer.kind === 'ok') {
        this.#wanted.delete(tile)
        this.#options.onBoard(tile, answer.value)
      } else {
        wanted.failures++
        wanted.timer = this.#options.timers.set(
          () => {
            wanted.timer = null
            this.#pump()
          },
          backoffMs(retry, wanted.failures, this.#options.random),
        )
        if (answer.kind === 'problem' && answer.problem.code.endsWith('not_found')) this.#options.onUnknown()
      }
    }
    this.#pump()
  }
}
