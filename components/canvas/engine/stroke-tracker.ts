/** The stroke that the pointer or the keyboard draws: from positions to the cells of the board. It has no DOM and no clock. */
import type { BoardPoint } from '../../../lib/geometry.ts'
import { lineAfter } from './stroke-path.ts'
import type { StrokeStep } from './types.ts'
import type { ViewController } from './view-controller.ts'

/** On smaller cells nobody can aim, in CSS pixels per cell. */
export const minDrawZoom = 3

export class StrokeTracker {
  readonly #view: ViewController
  readonly #onStroke: (step: StrokeStep) => void
  #isActive = false
  #isRefused = false
  /** The last cell, which may be beside the board. */
  #last: BoardPoint | null = null

  constructor(view: ViewController, onStroke: (step: StrokeStep) => void) {
    this.#view = view
    this.#onStroke = onStroke
  }

  get isActive() {
    return this.#isActive
  }

  /** Begins with a cell, or beside the board. A key that is pressed on one cell paints it at any zoom. */
  begin(cell: BoardPoint | null) {
    this.end()
    this.#isActive = true
    this.#isRefused = false
    this.#last = cell
    this.#onStroke({ do: 'begin' })
    if (cell) this.#draw([cell])
  }

  /** Draws a line to the cell, which may be beside the board. */
  to(cell: BoardPoint | null) {
    if (!this.#isActive || !cell) return
    const from = this.#last
    if (from?.gx === cell.gx && from.gy === cell.gy) return
    if (this.#view.camera.zoom < minDrawZoom) {
      if (!this.#isRefused) this.#onStroke({ do: 'too_small' })
      this.#isRefused = true
      return
    }
    this.#last = cell
    this.#draw(from ? lineAfter(from, cell) : [cell])
  }

  /** Returns whether there was a stroke. */
  end(): boolean {
    return this.#finish('end')
  }

  drop(): boolean {
    return this.#finish('drop')
  }

  #finish(how: 'end' | 'drop'): boolean {
    if (!this.#isActive) return false
    this.#isActive = false
    this.#last = null
    this.#onStroke({ do: how })
    return true
  }

  #draw(cells: readonly BoardPoint[]) {
    const inside = cells.filter((cell) => this.#view.hasCell(cell))
    if (inside.length > 0) this.#onStroke({ do: 'draw', cells: inside })
  }
}
