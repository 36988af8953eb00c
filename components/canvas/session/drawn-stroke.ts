/**
 * A stroke that is being drawn. Its pixels are on the board and have taken their charges, and nothing is sent before the release. So
 * all of it can be dropped.
 */
import { maxBatchPixels } from '../../../lib/batch.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { NoticeCode } from '../../../lib/words/page-words.ts'
import type { PendingPixel } from './placement-queue.ts'
import type { Notice, Stroke, StrokeResult } from './types.ts'

export type Put = { ok: true; pixel: PendingPixel } | { ok: false; code: NoticeCode; retryAfterMs: number | null }

export interface DrawnStrokeOptions {
  /** Shows a pixel and takes its charge, or says why not. */
  readonly put: (cell: BoardPoint, color: number) => Put
  readonly takeBack: (pixels: readonly PendingPixel[]) => void
  readonly send: (pixels: readonly PendingPixel[]) => void
  readonly newKey: () => string
  readonly notify: (notice: Omit<Notice, 'id'>) => void
}

/** Reasons that concern a cell. The stroke goes on beyond it. */
const ofOneCell: ReadonlySet<string> = new Set<ProblemCode | NoticeCode>(['area_protected', 'out_of_bounds', 'not_loaded'])

export class DrawnStroke implements Stroke {
  readonly #options: DrawnStrokeOptions
  #pixels: PendingPixel[] = []
  readonly #cells = new Set<string>()
  readonly #noticed = new Set<NoticeCode>()
  #isOver = false

  constructor(options: DrawnStrokeOptions) {
    this.#options = options
  }

  get count() {
    return this.#pixels.length
  }

  draw(cell: BoardPoint, color: number): StrokeResult {
    if (this.#isOver) return 'stopped'
    const name = `${cell.gx},${cell.gy}`
    if (this.#cells.has(name)) return 'skipped'
    const put = this.#options.put(cell, color)
    if (put.ok) {
      this.#cells.add(name)
      this.#pixels.push(put.pixel)
      return 'drawn'
    }
    this.#noticeOnce(put.code, put.retryAfterMs)
    if (ofOneCell.has(put.code)) return 'skipped'
    this.#isOver = true
    return 'stopped'
  }

  send() {
    this.#isOver = true
    const pixels = this.#pixels
    this.#pixels = []
    if (pixels.length > 0) this.#options.send(inBatches(pixels, this.#options.newKey))
  }

  drop() {
    this.#isOver = true
    const pixels = this.#pixels
    this.#pixels = []
    if (pixels.length > 0) this.#options.takeBack(pixels)
  }

  #noticeOnce(code: NoticeCode, retryAfterMs: number | null) {
    if (this.#noticed.has(code)) return
    this.#noticed.add(code)
    this.#options.notify({ kind: 'refused', code, ...(retryAfterMs === null ? {} : { params: { retryAfterMs } }) })
  }
}

/** One pixel is sent as a click is. */
const inBatches = (pixels: readonly PendingPixel[], newKey: () => string): PendingPixel[] => {
  if (pixels.length === 1) return [...pixels]
  let batch = ''
  return pixels.map((pixel, index) => {
    if (index % maxBatchPixels === 0) batch = newKey()
    return { ...pixel, batch }
  })
}
