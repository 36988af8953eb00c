/**
 * The optimistic pixels of a session from the click to the board, with their charges and notices.
 *
 * A painted pixel is on the screen until the board includes it or it is taken back with a notice. It is in the overlay exactly as
 * long as its answer, or the board with it, is pending.
 */
import type { Position, Seq, TileNumber } from '../../../lib/brand.ts'
import { asSeq } from '../../../lib/brand.ts'
import { type BoardPoint, contains, positionOf, tileOf } from '../../../lib/geometry.ts'
import { type OptimisticPixel, Overlay } from '../../../lib/overlay.ts'
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { PixelSink } from '../engine/types.ts'
import type { Api } from './api.ts'
import { ChargeCounter } from './charge-counter.ts'
import { type PlacedAnswer, type ProblemInfo, readMe } from './messages.ts'
import { loadPending, storePending } from './pending-storage.ts'
import { keepTryingMs, type PendingPixel, PlacementQueue } from './placement-queue.ts'
import { Receipts } from './receipts.ts'
import type { CanvasInfo, Notice, Now, SessionEnvironment, SessionState } from './types.ts'

export type OptimisticPixelsOptions = Pick<SessionEnvironment, 'timers' | 'random' | 'newKey'> &
  Now & {
    readonly storage: SessionEnvironment['storage']
    /** The server's time as far as it is known, for stored values that outlive this page's monotonic clock. */
    readonly serverNow: () => number
    readonly canvasId: string
    readonly sink: Pick<PixelSink, 'paintOptimistic'>
    readonly api: Pick<Api, 'place' | 'receipt' | 'me'>
    readonly seqOf: (tile: TileNumber) => Seq | null
    /** True if the tile is on the screen. */
    readonly shows: (tile: TileNumber) => boolean
    readonly follows: (tile: TileNumber) => boolean
    readonly publish: (change: Partial<Pick<SessionState, 'pending' | 'saved' | 'charges' | 'painter'>>) => void
    readonly notify: (notice: Omit<Notice, 'id' | 'atMs'>) => void
  }

export class OptimisticPixels {
  readonly #options: OptimisticPixelsOptions
  readonly #overlay = new Overlay()
  readonly #charges = new ChargeCounter()
  readonly #queue: PlacementQueue
  readonly #receipts: Receipts
  /** Acknowledged pixels that are not known to be on the board. */
  readonly #saved = new Map<string, OptimisticPixel>()
  #canvas: CanvasInfo | null = null
  #painterKnown = false
  #savedCount = 0
  #newestAnsweredMs = Number.NEGATIVE_INFINITY
  #chargeTimer: number | null = null
  #asking = false
  #disposed = false

  constructor(options: OptimisticPixelsOptions) {
    this.#options = options
    const { now, timers, random, api } = options
    this.#queue = new PlacementQueue({
      now,
      timers,
      random,
      api,
      onSaved: (pixel, answer, again) => this.#onSaved(pixel, answer, again),
      onRefused: (pixel, problem) => this.#onRefused(pixel, problem),
      onExpired: (pixel) => this.#onExpired(pixel),
      onUnanswered: (problem) =>
        options.notify({ kind: 'info', code: 'waiting', params: { count: this.#queue.size, ...(problem ? { reason: problem } : {}) } }),
      onChange: (pending) => {
        const aheadMs = options.serverNow() - now()
        storePending(
          options.storage,
          options.canvasId,
          pending.map((pixel) => ({ ...pixel, createdAtMs: pixel.createdAtMs + aheadMs })),
        )
        options.publish({ pending: pending.length })
      },
    })
    this.#receipts = new Receipts({
      timers,
      random,
      api,
      wanted: (key) => this.#overlay.has(key),
      onSeq: (key, seq) => this.#onSeq(key, seq),
    })
  }

  /** The current canvas. A new epoch drops the pixels that were saved under the old one. */
  setCanvas(canvas: CanvasInfo) {
    const before = this.#canvas
    this.#canvas = canvas
    this.#charges.setRules(canvas)
    this.#showCharges()
    if (before === null) this.#restore(canvas)
    else if (before.epoch !== canvas.epoch) for (const pixel of [...this.#saved.values()]) this.#takeOff(pixel)
  }

  /** Returns false if the pixel was refused without a request. */
  place(cell: BoardPoint, color: number): boolean {
    const canvas = this.#canvas
    if (!canvas) return false
    const code = refusalOf(canvas, cell, color)
    if (code) return this.#refuse(code, { cell, color })
    if (!this.#options.shows(tileOf(canvas.tileSize, cell))) return this.#refuse('not_loaded', { cell, color })
    if (this.#queue.full) return this.#refuse('queue_full', { cell, color, count: this.#queue.size })
    const nowMs = this.#options.now()
    const spending = this.#charges.spend(nowMs)
    if (!spending.ok) {
      this.#showCharges()
      return this.#refuse('cooldown', { cell, color, retryAfterMs: spending.retryAfterMs })
    }
    const key = this.#options.newKey()
    this.#enter(canvas, { key, cell, color, createdAtMs: nowMs }, true)
    this.#showCharges()
    return true
  }

  /** Colors of a tile arrived. Optimistic pixels that the board now includes leave the overlay. */
  advance(colors: { tile: TileNumber; seq: Seq; colorAt: (position: Position) => number | null }) {
    const { tile, seq, colorAt } = colors
    for (const pixel of this.#overlay.advance({ tile, tileSeq: seq, colorAt })) this.#left(pixel)
  }

  /** A tile is no longer followed. Its saved pixels will be on its board when it is loaded again. */
  dropped(tile: TileNumber) {
    for (const pixel of [...this.#saved.values()]) if (pixel.tile === tile) this.#takeOff(pixel)
  }

  /** The server is reachable again. */
  reachable() {
    this.#queue.wake()
    void this.askMe()
  }

  /** The `me` event. It is ignored while a placement is pending, because the answer has newer charges. */
  hearMe(value: unknown) {
    const me = readMe(value)
    if (!me) return
    if (this.#queue.sending === 0) this.#learn(me.charges)
    this.#showCharges()
  }

  /** The wall clock was set, or the machine slept. Only the server has the charges that have grown since. */
  clockJumped() {
    if (this.#painterKnown) void this.askMe().then(() => this.#queue.wake())
  }

  async askMe() {
    if (this.#asking || this.#disposed) return
    this.#asking = true
    const answer = await this.#options.api.me()
    this.#asking = false
    if (this.#disposed || answer.kind !== 'ok') return
    this.#painterKnown = true
    this.#options.publish({ painter: answer.value.painter })
    if (this.#queue.sending === 0) this.#learn(answer.value.charges)
    this.#showCharges()
  }

  dispose() {
    this.#disposed = true
    this.#queue.dispose()
    this.#receipts.dispose()
    if (this.#chargeTimer !== null) this.#options.timers.clear(this.#chargeTimer)
  }

  #restore(canvas: CanvasInfo) {
    const nowMs = this.#options.now()
    const serverNowMs = this.#options.serverNow()
    let expired = 0
    for (const stored of loadPending(this.#options.storage, this.#options.canvasId)) {
      if (refusalOf(canvas, stored.cell, stored.color) === 'out_of_bounds') continue
      const ageMs = Math.max(0, serverNowMs - stored.createdAtMs)
      if (ageMs >= keepTryingMs) expired++
      else if (!this.#queue.full) this.#enter(canvas, { ...stored, createdAtMs: nowMs - ageMs }, false)
    }
    if (expired > 0) this.#options.notify({ kind: 'error', code: 'not_saved', params: { count: expired } })
  }

  #enter(canvas: CanvasInfo, pixel: Pick<PendingPixel, 'key' | 'cell' | 'color' | 'createdAtMs'>, settle: boolean) {
    const tile = tileOf(canvas.tileSize, pixel.cell)
    const position = positionOf(canvas.tileSize, pixel.cell)
    this.#overlay.add({ key: pixel.key, tile, position, color: pixel.color })
    this.#show(tile, position, settle)
    this.#queue.add({ ...pixel, tile, position })
  }

  #onSaved(pixel: PendingPixel, answer: PlacedAnswer, again: boolean) {
    this.#options.publish({ saved: ++this.#savedCount })
    const left = this.#overlay.confirm(pixel.key)
    if (left) {
      this.#left(left)
    } else if (this.#options.follows(pixel.tile)) {
      this.#saved.set(pixel.key, pixel)
      this.#receipts.ask(pixel.key, answer.id)
    } else {
      this.#takeOff(pixel)
    }
    // A late or repeated answer has old charges.
    const newest = pixel.createdAtMs >= this.#newestAnsweredMs
    this.#newestAnsweredMs = Math.max(this.#newestAnsweredMs, pixel.createdAtMs)
    if (answer.charges && newest && !again) this.#learn(answer.charges)
    else if (this.#queue.size === 0) void this.askMe()
    if (!this.#painterKnown) void this.askMe()
    this.#showCharges()
  }

  #onRefused(pixel: PendingPixel, { code, retryAfterMs }: ProblemInfo) {
    this.#takeOff(pixel)
    const nowMs = this.#options.now()
    if (code === 'cooldown' && retryAfterMs !== null) this.#charges.learnEmpty(retryAfterMs, nowMs)
    else this.#charges.giveBack(nowMs)
    this.#showCharges()
    this.#refuse(code, { cell: pixel.cell, color: pixel.color, ...(retryAfterMs === null ? {} : { retryAfterMs }) })
  }

  #onExpired(pixel: PendingPixel) {
    this.#takeOff(pixel)
    this.#charges.giveBack(this.#options.now())
    this.#showCharges()
    void this.askMe()
    this.#options.notify({ kind: 'error', code: 'not_saved', params: { cell: pixel.cell, color: pixel.color, count: 1 } })
  }

  #onSeq(key: string, seq: number | null) {
    const pixel = this.#saved.get(key)
    if (!pixel) return
    if (seq === null) {
      this.#takeOff(pixel)
      return
    }
    const left = this.#overlay.learnSeq(key, asSeq(seq), this.#options.seqOf(pixel.tile))
    if (left) this.#left(left)
  }

  #refuse(code: Notice['code'], params: Notice['params']): false {
    this.#options.notify({ kind: 'refused', code, params })
    return false
  }

  #takeOff({ key, tile, position }: OptimisticPixel) {
    this.#overlay.refuse(key)
    this.#saved.delete(key)
    this.#show(tile, position, false)
  }

  #left({ key, tile, position }: OptimisticPixel) {
    this.#saved.delete(key)
    this.#show(tile, position, false)
  }

  #show(tile: TileNumber, position: Position, settle: boolean) {
    this.#options.sink.paintOptimistic(tile, position, this.#overlay.at(tile, position), settle)
  }

  #learn(charges: Parameters<ChargeCounter['learn']>[0]) {
    this.#charges.learn(charges, this.#queue.size, this.#options.now())
  }

  /** Publishes the charges now, and again when the next one has grown. */
  #showCharges() {
    const { now, timers, publish } = this.#options
    if (this.#chargeTimer !== null) timers.clear(this.#chargeTimer)
    this.#chargeTimer = null
    const charges = this.#charges.show(now())
    publish({ charges: charges && { ...charges, receivedAtMs: now() } })
    if (charges?.nextChargeInMs != null) this.#chargeTimer = timers.set(() => this.#showCharges(), charges.nextChargeInMs + 1)
  }
}

/** What the server would refuse, in its order (`lib/decide.ts`). Charges are checked last. */
const refusalOf = (canvas: CanvasInfo, cell: BoardPoint, color: number): ProblemCode | null => {
  if (canvas.state === 'closed') return 'canvas_closed'
  if (canvas.state === 'paused') return 'canvas_paused'
  if (!contains(canvas, cell)) return 'out_of_bounds'
  return Number.isInteger(color) && color >= 0 && color < canvas.palette.length ? null : 'color_not_in_palette'
}
