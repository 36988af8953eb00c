/** The cells that the painter was led to, so that the next step leads to another one and a step back leads to the last one. */
import type { BoardPoint } from '../../../lib/geometry.ts'

const maxCells = 1_000

const keyOf = ({ gx, gy }: BoardPoint) => `${gx},${gy}`

export class NextTrail {
  #cells: BoardPoint[] = []
  #keys = new Set<string>()

  /** The painter is at a cell. The trail begins again, unless it ends there. */
  from(cell: BoardPoint | null) {
    const last = this.#cells.at(-1)
    if (!last || (cell && keyOf(cell) === keyOf(last))) return
    this.clear()
  }

  has(cell: BoardPoint) {
    return this.#keys.has(keyOf(cell))
  }

  get isEmpty() {
    return this.#cells.length === 0
  }

  add(cell: BoardPoint) {
    if (this.#cells.length >= maxCells) this.clear()
    this.#cells.push(cell)
    this.#keys.add(keyOf(cell))
  }

  /** The latest cell before the last one for which a step back makes sense; null if there is none. */
  back(isLeft: (cell: BoardPoint) => boolean): BoardPoint | null {
    for (;;) {
      const last = this.#cells.pop()
      if (last) this.#keys.delete(keyOf(last))
      const before = this.#cells.at(-1)
      if (!before) return null
      if (isLeft(before)) return before
    }
  }

  clear() {
    this.#cells = []
    this.#keys.clear()
  }
}
