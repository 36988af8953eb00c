/**
 * The optimistic pixels of a session from the click to the board. A painted pixel is on the screen until the board includes it, or
 * until it is taken back with a notice.
 */
import { isProtected } from '../../../lib/area.ts'
import type { Position, Seq, TileNumber } from '../../../lib/brand.ts'
import { asSeq } from '../../../lib/brand.ts'
import { type BoardPoint, contains, positionOf, tileOf } from '../../../lib/geometry.ts'
import { type OptimisticPixel, Overlay } from '../../../lib/overlay.ts'
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { PixelSink } from '../engine/types.ts'
import type { Api } from './api.ts'
import type { PlacedAnswer, ProblemInfo } from './messages.ts'
import type { PainterCharges } from './painter-charges.ts'
import { loadPending, storePending } from './pending-storage.ts'
import { keepTryingMs, type PendingPixel, PlacementQueue } from './placement-queue.ts'
import { Receipts } from './receipts.ts'
import type { TileSync } from './tile-sync.ts'
import type { CanvasInfo, Notice, Runtime, SessionEnvironment, SessionState } from './types.ts'

/** Where the optimistic pixels without an answer are kept through a reload of the page. */
export interface PendingStore {
  readonly storage: SessionEnvironment['storage']
  readonly canvasId: string
  /** The server's time as far as it is known, because stored times outlive this page's monotonic clock. */
  readonly serverNow: () => number
}

export interface OptimisticPixelsOptions {
  readonly runtime: Runtime & Pick<SessionEnvironment, 'newKey'>
  readonly store: PendingStore
  readonly sink: Pick<PixelSink, 'paintOptimistic'>
  readonly api: Pick<Api, 'place' | 'receipt'>
  readonly charges: PainterCharges
  readonly tiles: () => Pick<TileSync, 'seqOf' | 'shows' | 'follows'>
  readonly publish: (change: Partial<Pick<SessionState, 'pending' | 'saved'>>) => void
  readonly notify: (notice: Omit<Notice, 'id'>) => void
}

export class OptimisticPixels {
  readonly #options: OptimisticPixelsOptions
  readonly #overlay = new Overlay()
  readonly #queue: PlacementQueue
  readonly #receipts: Receipts
  /** Acknowledged pixels that are not known to be on the board. */
  readonly #saved = new Map<string, OptimisticPixel>()
  #canvas: CanvasInfo | null = null
  #savedCount = 0
  #staleEpoch: string | null = null

  constructor(options: OptimisticPixelsOptions) {
    this.#options = options
    const { runtime, api, notify } = options
    this.#queue = new PlacementQueue({
      runtime,
      api,
      events: {
        onSaved: (pixel, answer, again) => this.#onSaved(pixel, answer, again),
        onRefused: (pixel, problem) => this.#onRefused(pixel, problem),
        onExpired: (pixel) => this.#onExpired(pixel),
        onUnanswered: (problem) =>
          notify({ kind: 'info', code: 'waiting', params: { count: this.#queue.size, ...(problem ? { reason: problem } : {}) } }),
        onChange: (pending) => this.#onChange(pending),
      },
    })
    this.#receipts = new Receipts({
      runtime,
      api,
      wanted: (key) => this.#overlay.has(key),
      onSeq: (key, seq) => this.#onSeq(key, seq),
    })
  }

  /** The placements without an answer, and how many of them are being sent. */
  get pending() {
    const { size, sending } = this.#queue
    return { size, sending }
  }

  /** The former epoch for which a pixel was refused last. */
  get staleEpoch() {
    return this.#staleEpoch
  }

  /** The current canvas. A new epoch drops the pixels that were saved under the old one. */
  setCanvas(canvas: CanvasInfo) {
    const before = this.#canvas
    this.#canvas = canvas
    this.#options.charges.setRules(canvas)
    if (before === null) this.#restore(canvas)
    else if (before.epoch !== canvas.epoch) for (const pixel of [...this.#saved.values()]) this.#remove(pixel)
  }

  /** Returns false if the pixel was refused without a request. */
  place(cell: BoardPoint, color: number): boolean {
    const canvas = this.#canvas
    if (!canvas) return false
    const code = refusalOf(canvas, cell, color)
    if (code) return this.#refuse(code)
    if (!this.#options.tiles().shows(tileOf(canvas.tileSize, cell))) return this.#refuse('not_loaded')
    if (this.#queue.full) return this.#refuse('queue_full')
    const spending = this.#options.charges.spend()
    if (!spending.ok) return this.#refuse('cooldown', spending.retryAfterMs)
    const { newKey, now } = this.#options.runtime
    this.#enter(canvas, { key: newKey(), cell, color, epoch: canvas.epoch, createdAtMs: now() }, true)
    return true
  }

  /** Colors of a tile arrived. Optimistic pixels that the board now includes leave the overlay. */
  advance(colors: { tile: TileNumber; seq: Seq; colorAt: (position: Position) => number | null }) {
    const { tile, seq, colorAt } = colors
    for (const pixel of this.#overlay.advance({ tile, tileSeq: seq, colorAt })) this.#left(pixel)
  }

  /** A tile is no longer followed. Its saved pixels will be on its board when it is loaded again. */
  dropped(tile: TileNumber) {
    for (const pixel of [...this.#saved.values()]) if (pixel.tile === tile) this.#remove(pixel)
  }

  /** The server may accept what waits: it is reachable again, or it has sent new charges. */
  wake() {
    this.#queue.wake()
  }

  /** Drops the pixels that are kept through a reload of the page. */
  forget() {
    const { storage, canvasId } = this.#options.store
    storePending(storage, canvasId, [])
  }

  dispose() {
    this.#queue.dispose()
    this.#receipts.dispose()
  }

  #restore(canvas: CanvasInfo) {
    const { runtime, store } = this.#options
    const nowMs = runtime.now()
    const serverNowMs = store.serverNow()
    let expired = 0
    for (const stored of loadPending(store.storage, store.canvasId)) {
      // A board never shrinks, so this one was created again. Its pixel cannot be shown.
      if (!contains(canvas, stored.cell)) {
        this.#refuse('stale_epoch')
        continue
      }
      const ageMs = Math.max(0, serverNowMs - stored.createdAtMs)
      if (ageMs >= keepTryingMs) expired++
      else if (!this.#queue.full) this.#enter(canvas, { ...stored, createdAtMs: nowMs - ageMs }, false)
    }
    if (expired > 0) this.#options.notify({ kind: 'error', code: 'not_saved', params: { count: expired } })
  }

  #onChange(pending: readonly PendingPixel[]) {
    const { runtime, store, publish } = this.#options
    const aheadMs = store.serverNow() - runtime.now()
    const stored = pending.map((pixel) => ({ ...pixel, createdAtMs: pixel.createdAtMs + aheadMs }))
    storePending(store.storage, store.canvasId, stored)
    publish({ pending: pending.length })
  }

  #enter(canvas: CanvasInfo, pixel: Pick<PendingPixel, 'key' | 'cell' | 'color' | 'epoch' | 'createdAtMs'>, settle: boolean) {
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
    } else if (this.#options.tiles().follows(pixel.tile)) {
      this.#saved.set(pixel.key, pixel)
      this.#receipts.request(pixel.key, answer.id)
    } else {
      this.#remove(pixel)
    }
    this.#options.charges.saved({ charges: answer.charges, createdAtMs: pixel.createdAtMs, repeated: again })
  }

  #onRefused(pixel: PendingPixel, { code, retryAfterMs }: ProblemInfo) {
    this.#remove(pixel)
    if (code === 'stale_epoch') this.#staleEpoch = pixel.epoch ?? null
    this.#options.charges.notSaved(code === 'cooldown' ? retryAfterMs : null)
    this.#refuse(code, retryAfterMs)
  }

  #onExpired(pixel: PendingPixel) {
    this.#remove(pixel)
    this.#options.charges.notSaved(null)
    void this.#options.charges.loadMe()
    this.#options.notify({ kind: 'error', code: 'not_saved', params: { count: 1 } })
  }

  #onSeq(key: string, seq: number | null) {
    const pixel = this.#saved.get(key)
    if (!pixel) return
    if (seq === null) return this.#remove(pixel)
    const left = this.#overlay.setSeq(key, asSeq(seq), this.#options.tiles().seqOf(pixel.tile))
    if (left) this.#left(left)
  }

  #refuse(code: Notice['code'], retryAfterMs: number | null = null): false {
    this.#options.notify({ kind: 'refused', code, ...(retryAfterMs === null ? {} : { params: { retryAfterMs } }) })
    return false
  }

  #remove(pixel: OptimisticPixel) {
    this.#overlay.refuse(pixel.key)
    this.#left(pixel)
  }

  #left({ key, tile, position }: OptimisticPixel) {
    this.#saved.delete(key)
    this.#show(tile, position, false)
  }

  #show(tile: TileNumber, position: Position, settle: boolean) {
    this.#options.sink.paintOptimistic(tile, position, this.#overlay.at(tile, position), settle)
  }
}

/** What the server would refuse, in its order (`lib/decide.ts`). Charges are checked last. */
const refusalOf = (canvas: CanvasInfo, cell: BoardPoint, color: number): ProblemCode | null => {
  if (canvas.state === 'closed') return 'canvas_closed'
  if (canvas.state === 'paused' || canvas.erasing !== null) return 'canvas_paused'
  if (!contains(canvas, cell)) return 'out_of_bounds'
  if (!Number.isInteger(color) || color < 0 || color >= canvas.palette.length) return 'color_not_in_palette'
  if (isProtected(canvas, cell)) return 'area_protected'
  return canvas.onlyColor === null || canvas.onlyColor === color ? null : 'color_not_allowed'
}
