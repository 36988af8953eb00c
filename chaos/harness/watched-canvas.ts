/** The canvas that a watcher has. It changes with the events and answers of the gateways, and each newer one is recorded. */
import type { HistoryWriter } from '../history-checker/history.ts'
import { type ShownCanvas, tilesOf } from './final-state.ts'

export class WatchedCanvas {
  readonly #w: number
  readonly #history: HistoryWriter
  #canvas: ShownCanvas

  constructor({ w, history, canvas }: { w: number; history: HistoryWriter; canvas: ShownCanvas }) {
    this.#w = w
    this.#history = history
    this.#canvas = canvas
  }

  get current() {
    return this.#canvas
  }

  get tiles() {
    return tilesOf(this.#canvas)
  }

  /** Returns whether it is newer. */
  adopt(canvas: ShownCanvas): boolean {
    if (canvas.rev <= this.#canvas.rev) return false
    this.#canvas = canvas
    const { width, height, palette } = canvas
    this.#history.add({ k: 'grown', w: this.#w, width, height, colors: palette.length })
    return true
  }
}
