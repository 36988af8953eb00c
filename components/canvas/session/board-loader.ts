/**
 * Loads boards, the most important first, and retries until they are loaded or no longer needed. On a slow line boards load one by
 * one, so that the middle of the view does not wait for the corners. There is at most one request per tile.
 */
import type { Board } from '../../../lib/board.ts'
import type { TileNumber } from '../../../lib/brand.ts'
import type { Answer, Api } from './api.ts'
import { backoffMs } from './backoff.ts'
import { Timer } from './timer.ts'
import type { Runtime } from './types.ts'

export interface BoardLoaderOptions {
  readonly runtime: Runtime
  readonly api: Pick<Api, 'board'>
  /** The number of colors of a board. */
  readonly size: () => number
  /** The first `count` colors of a board that is still loading. */
  readonly onPart: (tile: TileNumber, colors: Uint8Array, count: number) => void
  readonly onBoard: (tile: TileNumber, board: Board) => void
  /** The server has no such canvas or tile, so the known canvas is out of date. */
  readonly onUnknown: () => void
}

/** Parallel downloads at first and at most. A fast board adds one; a slow board reduces them to one. */
const atOnce = { first: 2, most: 6 }
const quickMs = 1_000
const slowMs = 4_000
/** Parts of a board are reported this often. */
const partEveryMs = 250
const retry = { baseMs: 400, maxMs: 5_000 }

interface Wanted {
  readonly tile: TileNumber
  failures: number
  arrived: number
  stop: AbortController | null
  startedMs: number
  reportedMs: number
  readonly timer: Timer
}

export class BoardLoader {
  readonly #options: BoardLoaderOptions
  /** The most important first. */
  #wanted = new Map<TileNumber, Wanted>()
  readonly #running = new Set<Wanted>()
  #limit = atOnce.first
  readonly #pause: Timer

  constructor(options: BoardLoaderOptions) {
    this.#options = options
    this.#pause = new Timer(options.runtime.timers)
  }

  /** True while a board is requested and not loaded. */
  loading(tile: TileNumber) {
    return this.#wanted.has(tile)
  }

  /** The running downloads, with the number of colors that have arrived. */
  underWay(): readonly { readonly tile: TileNumber; readonly arrived: number }[] {
    return [...this.#running]
  }

  /** Loads a board. With `fresh`, a running download is restarted because it may be too old. */
  load(tile: TileNumber, fresh = false) {
    if (this.#wanted.has(tile)) {
      if (!fresh) return
      this.cancel(tile)
    }
    const timer = new Timer(this.#options.runtime.timers)
    this.#wanted.set(tile, { tile, failures: 0, arrived: 0, stop: null, startedMs: 0, reportedMs: 0, timer })
    this.#pump()
  }

  /** The new order, the most important first. */
  prefer(tiles: readonly TileNumber[]) {
    if (this.#wanted.size < 2) return
    const before = this.#wanted
    this.#wanted = new Map()
    for (const tile of [...tiles, ...before.keys()]) {
      const wanted = before.get(tile)
      if (wanted) this.#wanted.set(tile, wanted)
    }
  }

  cancel(tile: TileNumber) {
    const wanted = this.#wanted.get(tile)
    if (!wanted) return
    this.#wanted.delete(tile)
    wanted.stop?.abort()
    wanted.timer.clear()
  }

  cancelAll() {
    for (const tile of [...this.#wanted.keys()]) this.cancel(tile)
    this.#pause.clear()
  }

  /** The server is reachable again, so all waiting downloads start now. */
  retryNow() {
    for (const { timer } of this.#wanted.values()) timer.clear()
    this.#pause.clear()
    this.#pump()
  }

  #pump() {
    if (this.#pause.isSet) return
    for (const [tile, wanted] of this.#wanted) {
      if (this.#running.size >= this.#room()) return
      if (wanted.stop === null && !wanted.timer.isSet) void this.#run(tile, wanted)
    }
  }

  /** While one download is slow, no other one is started. */
  #room() {
    const nowMs = this.#options.runtime.now()
    for (const { startedMs } of this.#running) if (nowMs - startedMs > slowMs) return 1
    return this.#limit
  }

  async #run(tile: TileNumber, wanted: Wanted) {
    const { api, runtime, size } = this.#options
    const stop = new AbortController()
    wanted.stop = stop
    wanted.arrived = 0
    wanted.startedMs = runtime.now()
    wanted.reportedMs = wanted.startedMs
    this.#running.add(wanted)
    const answer = await api.board(tile, {
      size: size(),
      signal: stop.signal,
      onPart: (colors, count) => this.#part({ tile, wanted, colors, count }),
    })
    this.#running.delete(wanted)
    wanted.stop = null
    if (this.#wanted.get(tile) === wanted) this.#settle(tile, wanted, answer)
    this.#pump()
  }

  #part({ tile, wanted, colors, count }: { tile: TileNumber; wanted: Wanted; colors: Uint8Array; count: number }) {
    if (this.#wanted.get(tile) !== wanted) return
    wanted.arrived = count
    const nowMs = this.#options.runtime.now()
    if (nowMs - wanted.reportedMs < partEveryMs) return
    wanted.reportedMs = nowMs
    this.#options.onPart(tile, colors, count)
  }

  #settle(tile: TileNumber, wanted: Wanted, answer: Answer<Board>) {
    const { runtime, onBoard, onUnknown } = this.#options
    const tookMs = runtime.now() - wanted.startedMs
    if (answer.kind === 'ok') {
      if (tookMs < quickMs) this.#limit = Math.min(atOnce.most, this.#limit + 1)
      else if (tookMs > slowMs) this.#limit = 1
      this.#wanted.delete(tile)
      onBoard(tile, answer.value)
      return
    }
    if (answer.kind === 'problem' && answer.problem.code === 'rate_limited') {
      this.#pause.set(() => this.#pump(), answer.problem.retryAfterMs ?? quickMs)
      return
    }
    if (answer.kind === 'unreachable') this.#limit = 1
    wanted.failures++
    const retryAfterMs = answer.kind === 'unreachable' ? (answer.retryAfterMs ?? 0) : 0
    wanted.timer.set(() => this.#pump(), Math.max(retryAfterMs, backoffMs(retry, wanted.failures, runtime.random)))
    if (answer.kind === 'problem' && answer.problem.code.endsWith('not_found')) onUnknown()
  }
}
