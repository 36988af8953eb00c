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

interface Download {
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
  #downloads = new Map<TileNumber, Download>()
  readonly #running = new Set<Download>()
  #limit = atOnce.first
  readonly #pause: Timer

  constructor(options: BoardLoaderOptions) {
    this.#options = options
    this.#pause = new Timer(options.runtime.timers)
  }

  /** The running downloads, with the number of colors that have arrived. */
  underWay(): readonly { readonly tile: TileNumber; readonly arrived: number }[] {
    return [...this.#running]
  }

  /** Loads a board. With `fresh`, a running download is restarted because it may be too old. */
  load(tile: TileNumber, fresh = false) {
    if (this.#downloads.has(tile)) {
      if (!fresh) return
      this.cancel(tile)
    }
    const timer = new Timer(this.#options.runtime.timers)
    this.#downloads.set(tile, { tile, failures: 0, arrived: 0, stop: null, startedMs: 0, reportedMs: 0, timer })
    this.#pump()
  }

  /** The new order, the most important first. */
  prefer(tiles: readonly TileNumber[]) {
    if (this.#downloads.size < 2) return
    const before = this.#downloads
    this.#downloads = new Map()
    for (const tile of [...tiles, ...before.keys()]) {
      const download = before.get(tile)
      if (download) this.#downloads.set(tile, download)
    }
  }

  cancel(tile: TileNumber) {
    const download = this.#downloads.get(tile)
    if (!download) return
    this.#downloads.delete(tile)
    download.stop?.abort()
    download.timer.clear()
  }

  cancelAll() {
    for (const tile of [...this.#downloads.keys()]) this.cancel(tile)
    this.#pause.clear()
  }

  /** The server is reachable again, so all waiting downloads start now. */
  retryNow() {
    for (const { timer } of this.#downloads.values()) timer.clear()
    this.#pause.clear()
    this.#pump()
  }

  #pump() {
    if (this.#pause.isSet) return
    for (const download of this.#downloads.values()) {
      if (this.#running.size >= this.#room()) return
      if (download.stop === null && !download.timer.isSet) void this.#run(download)
    }
  }

  /** While one download is slow, no other one is started. */
  #room() {
    const nowMs = this.#options.runtime.now()
    for (const { startedMs } of this.#running) if (nowMs - startedMs > slowMs) return 1
    return this.#limit
  }

  async #run(download: Download) {
    const { api, runtime, size } = this.#options
    const stop = new AbortController()
    download.stop = stop
    download.arrived = 0
    download.startedMs = runtime.now()
    download.reportedMs = download.startedMs
    this.#running.add(download)
    const onPart = (colors: Uint8Array, count: number) => this.#part(download, colors, count)
    const answer = await api.board(download.tile, { size: size(), signal: stop.signal, onPart })
    this.#running.delete(download)
    download.stop = null
    if (this.#downloads.get(download.tile) === download) this.#settle(download, answer)
    this.#pump()
  }

  #part(download: Download, colors: Uint8Array, count: number) {
    if (this.#downloads.get(download.tile) !== download) return
    download.arrived = count
    const nowMs = this.#options.runtime.now()
    if (nowMs - download.reportedMs < partEveryMs) return
    download.reportedMs = nowMs
    this.#options.onPart(download.tile, colors, count)
  }

  #settle(download: Download, answer: Answer<Board>) {
    const { runtime, onBoard, onUnknown } = this.#options
    const tookMs = runtime.now() - download.startedMs
    if (answer.kind === 'ok') {
      if (tookMs < quickMs) this.#limit = Math.min(atOnce.most, this.#limit + 1)
      else if (tookMs > slowMs) this.#limit = 1
      this.#downloads.delete(download.tile)
      onBoard(download.tile, answer.value)
      return
    }
    if (answer.kind === 'problem' && answer.problem.code === 'rate_limited') {
      this.#pause.set(() => this.#pump(), answer.problem.retryAfterMs ?? quickMs)
      return
    }
    if (answer.kind === 'unreachable') this.#limit = 1
    download.failures++
    const retryAfterMs = answer.kind === 'unreachable' ? (answer.retryAfterMs ?? 0) : 0
    download.timer.set(() => this.#pump(), Math.max(retryAfterMs, backoffMs(retry, download.failures, runtime.random)))
    if (answer.kind === 'problem' && answer.problem.code.endsWith('not_found')) onUnknown()
  }
}
