/**
 * The optimistic pixels of a session from the click to the board. A painted pixel is on the screen until the board includes it, or
 * until it is taken back with a notice.
 */
import type { Position, Seq, TileNumber } from '../../../lib/brand.ts'
import { asSeq } from '../../../lib/brand.ts'
import { type BoardPoint, contains, positionOf, tileOf } from '../../../lib/geometry.ts'
import { type OptimisticPixel, Overlay } from '../../../lib/overlay.ts'
import type { NoticeParams } from '../../../lib/words/page-words.ts'
import type { PixelSink } from '../engine/types.ts'
import type { Api } from './api.ts'
import { DrawnStroke, type Put } from './drawn-stroke.ts'
import { refusalOf } from './local-refusal.ts'
import type { PainterCharges } from './painter-charges.ts'
import { loadPending, type PendingStore, storePending } from './pending-storage.ts'
import { keepTryingMs, maxPending, type PendingPixel, type PlacementOutcome, PlacementQueue } from './placement-queue.ts'
import { Receipts } from './receipts.ts'
import type { TileSync } from './tile-sync.ts'
import type { CanvasInfo, Notice, Runtime, SessionEnvironment, SessionState, Stroke } from './types.ts'
import type { UndoBoard, UndoSteps } from './undo-steps.ts'
import { UndonePixels } from './undone-pixels.ts'

export interface OptimisticPixelsOptions {
  readonly runtime: Runtime & Pick<SessionEnvironment, 'newKey'>
  readonly store: PendingStore
  readonly sink: Pick<PixelSink, 'paintOptimistic' | 'pixelAt'>
  readonly api: Pick<Api, 'place' | 'placeBatch' | 'receipt'>
  readonly charges: PainterCharges
  readonly tiles: () => Pick<TileSync, 'seqOf' | 'shows' | 'follows' | 'current'>
  /** The steps of undo follow what is painted. */
  readonly steps: () => Pick<UndoSteps, 'began' | 'answered' | 'expired'>
  readonly publish: (change: Partial<Pick<SessionState, 'pending' | 'saved'>>) => void
  readonly notify: (notice: Omit<Notice, 'id'>) => void
}

export class OptimisticPixels {
  readonly #options: OptimisticPixelsOptions
  readonly #overlay = new Overlay()
  readonly #queue: PlacementQueue
  readonly #receipts: Receipts
  readonly #undone: UndonePixels
  /** Acknowledged pixels that are not known to be on the board. */
  readonly #saved = new Map<string, OptimisticPixel>()
  #canvas: CanvasInfo | null = null
  #savedCount = 0
  #staleEpoch: string | null = null
  #stroke: DrawnStroke | null = null

  constructor(options: OptimisticPixelsOptions) {
    this.#options = options
    const { runtime, api, notify } = options
    this.#queue = new PlacementQueue({
      runtime,
      api,
      events: {
        onAnswered: (outcome) => this.#onAnswered(outcome),
        onExpired: (pixels) => this.#onExpired(pixels),
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
    this.#undone = new UndonePixels({
      runtime,
      overlay: this.#overlay,
      tileSize: () => this.#canvas?.tileSize ?? 1,
      tiles: options.tiles,
      onChange: (tile, position) => this.#draw(tile, position, false),
    })
  }

  /** The board for the steps of undo. */
  readonly undoBoard: UndoBoard = {
    isPending: (key) => this.#queue.has(key),
    withdraw: (keys) => {
      const withdrawn = this.#queue.withdraw(keys)
      this.#takeBack(withdrawn)
      return new Set(withdrawn.map(({ key }) => key))
    },
    cover: (pixel) => this.#undone.cover(pixel),
    uncover: (pixel) => this.#undone.uncover(pixel),
    undone: (pixel, color) => {
      this.#saved.delete(pixel.key)
      this.#overlay.refuse(pixel.key)
      this.#undone.undone(pixel, color)
    },
  }

  /** The placements without an answer, with those of a stroke that is being drawn, and how many requests are being sent. */
  get pending() {
    const { size, sending } = this.#queue
    return { size: size + (this.#stroke?.count ?? 0), sending }
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
    if (before === null) return this.#restore(canvas)
    if (before.epoch === canvas.epoch) return
    this.#stroke?.drop()
    this.#undone.dropped(null)
    for (const pixel of [...this.#saved.values()]) this.#remove(pixel)
  }

  /** Returns false if the pixel was refused without a request. */
  place(cell: BoardPoint, color: number): boolean {
    const put = this.#put(cell, color)
    if (!put.ok) return this.#refuse(put.code, put.retryAfterMs)
    this.#send([put.pixel])
    return true
  }

  /** Begins a stroke. One that is still being drawn is sent. */
  stroke(): Stroke {
    this.#stroke?.send()
    const { notify, runtime } = this.#options
    this.#stroke = new DrawnStroke({
      put: (cell, color) => this.#put(cell, color),
      takeBack: (pixels) => this.#takeBack(pixels),
      send: (pixels) => this.#send(pixels),
      newKey: runtime.newKey,
      notify,
    })
    return this.#stroke
  }

  /** Colors of a tile arrived. Optimistic pixels that the board now includes leave the overlay. */
  advance(colors: { tile: TileNumber; seq: Seq; colorAt: (position: Position) => number | null }) {
    const { tile, seq, colorAt } = colors
    for (const pixel of this.#overlay.advance({ tile, tileSeq: seq, colorAt })) this.#left(pixel)
    this.#undone.advance(tile, colorAt)
  }

  /** A tile is no longer followed. Its saved pixels will be on its board when it is loaded again. */
  dropped(tile: TileNumber) {
    for (const pixel of [...this.#saved.values()]) if (pixel.tile === tile) this.#remove(pixel)
    this.#undone.dropped(tile)
  }

  /** The server may accept what waits: it is reachable again, or it has sent new charges. */
  wake() {
    this.#queue.wake()
  }

  /** Drops the pixels that are kept through a reload of the page. */
  forget() {
    storePending(this.#options.store.storage, this.#options.store.canvasId, [])
  }

  dispose() {
    this.#queue.dispose()
    this.#receipts.dispose()
    this.#undone.dispose()
  }

  #restore(canvas: CanvasInfo) {
    const { runtime, store } = this.#options
    const nowMs = runtime.now()
    const serverNowMs = store.serverNow()
    let expired = 0
    const kept: PendingPixel[] = []
    for (const stored of loadPending(store.storage, store.canvasId)) {
      // A board never shrinks, so this one was created again. Its pixel cannot be shown.
      if (!contains(canvas, stored.cell)) {
        this.#refuse('stale_epoch')
        continue
      }
      const ageMs = Math.max(0, serverNowMs - stored.createdAtMs)
      if (ageMs >= keepTryingMs) expired++
      else if (kept.length < maxPending) kept.push(this.#show(canvas, { ...stored, createdAtMs: nowMs - ageMs }, false))
    }
    if (kept.length > 0) this.#queue.add(kept)
    if (expired > 0) this.#options.notify({ kind: 'error', code: 'not_saved', params: { count: expired } })
  }

  #onChange(pending: readonly PendingPixel[]) {
    const { runtime, store, publish } = this.#options
    const aheadMs = store.serverNow() - runtime.now()
    const stored = pending.map((pixel) => ({ ...pixel, createdAtMs: pixel.createdAtMs + aheadMs }))
    storePending(store.storage, store.canvasId, stored)
    publish({ pending: pending.length })
  }

  #put(cell: BoardPoint, color: number): Put {
    const canvas = this.#canvas
    const refuse = (code: Notice['code'], retryAfterMs: number | null = null): Put => ({ ok: false, code, retryAfterMs })
    if (!canvas) return refuse('not_loaded')
    const code = refusalOf(canvas, cell, color)
    if (code) return refuse(code)
    if (!this.#options.tiles().shows(tileOf(canvas.tileSize, cell))) return refuse('not_loaded')
    if (this.pending.size >= maxPending) return refuse('queue_full')
    const spending = this.#options.charges.spend()
    if (!spending.ok) return refuse('cooldown', spending.retryAfterMs)
    const { newKey, now } = this.#options.runtime
    const before = this.#options.sink.pixelAt(cell) ?? color
    const pixel = { key: newKey(), cell, color, before, epoch: canvas.epoch, createdAtMs: now() }
    return { ok: true, pixel: this.#show(canvas, pixel, true) }
  }

  /** A click or a stroke. */
  #send(pixels: readonly PendingPixel[]) {
    this.#options.steps().began(pixels.map(({ key, cell, color, before = color }) => ({ key, cell, color, before, placement: null })))
    this.#queue.add(pixels)
  }

  #takeBack(pixels: readonly PendingPixel[]) {
    for (const pixel of pixels) this.#remove(pixel)
    this.#options.charges.notSaved(pixels.length, null)
  }

  /** Draws a pixel on top of the board. */
  #show(canvas: CanvasInfo, pixel: Omit<PendingPixel, 'tile' | 'position'>, settle: boolean): PendingPixel {
    const tile = tileOf(canvas.tileSize, pixel.cell)
    const position = positionOf(canvas.tileSize, pixel.cell)
    this.#overlay.add({ key: pixel.key, tile, position, color: pixel.color })
    this.#draw(tile, position, settle)
    return { ...pixel, tile, position }
  }

  #onAnswered({ saved, refused, isAgain }: PlacementOutcome) {
    this.#savedCount += saved.length
    if (saved.length > 0) this.#options.publish({ saved: this.#savedCount })
    for (const { pixel, answer } of saved) {
      const left = this.#overlay.confirm(pixel.key)
      if (left) {
        this.#left(left)
      } else if (this.#options.tiles().follows(pixel.tile)) {
        this.#saved.set(pixel.key, pixel)
        this.#receipts.request(pixel.key, answer.id)
      } else {
        this.#remove(pixel)
      }
    }
    const last = saved.at(-1)
    if (last) this.#options.charges.saved({ charges: last.answer.charges, createdAtMs: last.pixel.createdAtMs, repeated: isAgain })
    if (refused.length > 0) this.#onRefused(refused, saved.length + refused.length)
    this.#options.steps().answered({ saved, refused })
  }

  /** Of a stroke, one sentence gives the first reason and how many pixels are taken back. */
  #onRefused(refused: PlacementOutcome['refused'], of: number) {
    for (const { pixel, problem } of refused) {
      this.#remove(pixel)
      if (problem.code === 'stale_epoch') this.#staleEpoch = pixel.epoch ?? null
    }
    const emptyForMs = refused.find(({ problem }) => problem.code === 'cooldown')?.problem.retryAfterMs ?? null
    this.#options.charges.notSaved(refused.length, emptyForMs)
    const { code, retryAfterMs } = refused[0]?.problem ?? { code: 'invalid_request', retryAfterMs: null }
    this.#refuse(code, retryAfterMs, of > 1 ? { count: refused.length, of } : {})
  }

  #onExpired(pixels: readonly PendingPixel[]) {
    this.#takeBack(pixels)
    this.#options.steps().expired(pixels.map(({ key }) => key))
    void this.#options.charges.loadMe()
    this.#options.notify({ kind: 'error', code: 'not_saved', params: { count: pixels.length } })
  }

  #onSeq(key: string, seq: number | null) {
    const pixel = this.#saved.get(key)
    if (!pixel) return
    if (seq === null) return this.#remove(pixel)
    const left = this.#overlay.setSeq(key, asSeq(seq), this.#options.tiles().seqOf(pixel.tile))
    if (left) this.#left(left)
  }

  #refuse(code: Notice['code'], retryAfterMs: number | null = null, params: NoticeParams = {}): false {
    const all = { ...params, ...(retryAfterMs === null ? {} : { retryAfterMs }) }
    this.#options.notify({ kind: 'refused', code, ...(Object.keys(all).length > 0 ? { params: all } : {}) })
    return false
  }

  #remove(pixel: OptimisticPixel) {
    this.#overlay.refuse(pixel.key)
    this.#left(pixel)
  }

  #left({ key, tile, position }: OptimisticPixel) {
    this.#saved.delete(key)
    this.#draw(tile, position, false)
  }

  #draw(tile: TileNumber, position: Position, settle: boolean) {
    this.#options.sink.paintOptimistic(tile, position, this.#overlay.at(tile, position), settle)
  }
}
