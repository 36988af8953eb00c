/** When the last watcher has decoded a pixel: a place is painted once, and every watcher shows it once. */
import type { PackedPixels } from '../../lib/codec.ts'

export class Arrivals {
  readonly #left: Uint16Array
  readonly #dueMs: Float64Array
  #watchers = 0
  readonly #now: () => number
  readonly latencies: number[] = []
  due = 0
  /** Pixels that a watcher showed more often than once, or that nobody was to paint. */
  unexpected = 0

  constructor(options: { cells: number; now: () => number }) {
    this.#left = new Uint16Array(options.cells)
    this.#dueMs = new Float64Array(options.cells)
    this.#now = options.now
  }

  /** More who have to show what is painted from here on. Nothing may be under way. */
  addWatchers(count: number) {
    this.#watchers += count
  }

  reset() {
    this.latencies.length = 0
    this.due = 0
    this.unexpected = 0
  }

  expect(position: number, dueMs: number) {
    this.due++
    this.#left[position] = this.#watchers
    this.#dueMs[position] = dueMs
  }

  /** It was refused, so nobody will show it. */
  forget(position: number) {
    this.due--
    this.#left[position] = 0
  }

  arrived({ positions }: PackedPixels) {
    for (const position of positions) {
      const left = this.#left[position] as number
      if (left === 0) this.unexpected++
      else {
        this.#left[position] = left - 1
        if (left === 1) this.latencies.push(this.#now() - (this.#dueMs[position] as number))
      }
    }
  }
}
