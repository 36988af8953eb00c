/**
 * The selected cell: the one under the pointer, or the one that a key, a tap or the page has chosen. It has no DOM and no clock.
 */
import type { BoardPoint } from '../../../lib/geometry.ts'
import { planePoint, type ScreenPoint, screenPoint, toScreen } from './camera.ts'
import type { InputHow } from './types.ts'
import type { ViewController } from './view-controller.ts'

export interface CellEvents {
  readonly onChange: () => void
  readonly onCell: (cell: BoardPoint | null, how: InputHow) => void
}

export class CellSelection {
  readonly #view: ViewController
  readonly #events: CellEvents
  #cell: BoardPoint | null = null
  #how: InputHow = 'pointer'
  #hover: ScreenPoint | null = null

  constructor(view: ViewController, events: CellEvents) {
    this.#view = view
    this.#events = events
  }

  get cell() {
    return this.#cell
  }

  /** True if a tap has selected this cell, so that a second tap paints it. */
  isTapped(cell: BoardPoint | null) {
    return cell !== null && this.#how === 'touch' && isSame(cell, this.#cell)
  }

  /** The position of the mouse or the pen, or null when it has left. It is not reported while it drags the board. */
  hover(at: ScreenPoint | null) {
    this.#hover = at
    if (at) this.#choose(this.#view.cellAt(at), 'pointer')
    else if (this.#how === 'pointer') this.#choose(null, 'pointer')
  }

  /** Selects the cell under a click. */
  point(cell: BoardPoint | null) {
    this.#choose(cell, 'pointer')
  }

  /** Selects a cell that stays selected until another one is chosen or the mouse moves. */
  set(cell: BoardPoint | null, how: InputHow) {
    this.#hover = null
    this.#choose(cell && this.#view.inside(cell), how)
  }

  /** Moves the selected cell; without one, selects the cell in the middle of the view. */
  move(dx: number, dy: number) {
    const { center } = this.#view.camera
    const middle = { gx: Math.floor(center.x), gy: Math.floor(center.y) }
    this.set(this.#cell ? { gx: this.#cell.gx + dx, gy: this.#cell.gy + dy } : middle, 'keyboard')
  }

  /** The board has moved under a still pointer, so the cell under the pointer is another one. */
  viewMoved() {
    if (this.#hover) this.#choose(this.#view.cellAt(this.#hover), 'pointer')
  }

  canvasChanged({ width, height }: { width: number; height: number }) {
    if (this.#cell && (this.#cell.gx >= width || this.#cell.gy >= height)) this.set(null, this.#how)
  }

  /** The point that a zoom without a given point keeps: the pointer, or the selected cell while it is in the window, or the middle. */
  attention(): ScreenPoint {
    const { camera, viewport } = this.#view
    const { width, height } = viewport
    const chosen = this.#cell && toScreen(camera, viewport, planePoint(this.#cell.gx + 0.5, this.#cell.gy + 0.5))
    const at = this.#hover ?? chosen
    const isInWindow = at !== null && at.x >= 0 && at.x <= width && at.y >= 0 && at.y <= height
    return isInWindow ? at : screenPoint(width / 2, height / 2)
  }

  #choose(cell: BoardPoint | null, how: InputHow) {
    const changed = !isSame(cell, this.#cell) || (cell !== null && how !== this.#how)
    this.#how = how
    if (!changed) return
    this.#cell = cell
    this.#events.onCell(cell, how)
    this.#events.onChange()
  }
}

const isSame = (a: BoardPoint | null, b: BoardPoint | null) => a === b || (a !== null && b !== null && a.gx === b.gx && a.gy === b.gy)
