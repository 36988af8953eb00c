/**
 * When the last watcher has decoded a pixel. Each position is placed once, and every watcher shows it once.
 *
 * All watchers receive the same messages, so they are counted by message; counting a thousand watchers by pixel would take longer than sending.
 * Messages that only some watchers have received (after a join, or from another gateway) are counted by pixel on request.
 */
import type { PackedPixels } from '../../lib/codec.ts'

interface Shown {
  watchers: number
  atMs: number
}

export class Arrivals {
  readonly #left: Uint16Array
  readonly #dueMs: Float64Array
  readonly #shownMs: Float64Array
  readonly #messages = new Map<PackedPixels, Shown>()
  #watchers = 0
  readonly #now: () => number
  #latencies: number[] = []
  #due = 0
  #unexpected = 0

  constructor(options: { cells: number; now: () => number }) {
    this.#left = new Uint16Array(options.cells)
    this.#dueMs = new Float64Array(options.cells)
    this.#shownMs = new Float64Array(options.cells)
    this.#now = options.now
  }

  /** More watchers, which must show the pixels from here on. No pixel may be on the wire. */
  addWatchers(count: number) {
    this.#countPixels()
    this.#watchers += count
  }

  reset() {
    this.#countPixels()
    this.#latencies = []
    this.#due = 0
    this.#unexpected = 0
  }

  expect(position: number, dueMs: number) {
    this.#due++
    this.#left[position] = this.#watchers
    this.#dueMs[position] = dueMs
    this.#shownMs[position] = 0
  }

  /** The server refused it, so no watcher will show it. */
  drop(position: number) {
    this.#due--
    this.#left[position] = 0
  }

  /** One watcher has decoded them. The same message is the same object for all watchers. */
  arrived(pixels: PackedPixels) {
    const shown = this.#messages.get(pixels) ?? { watchers: 0, atMs: 0 }
    shown.watchers++
    shown.atMs = this.#now()
    if (shown.watchers < this.#watchers) this.#messages.set(pixels, shown)
    else {
      this.#messages.delete(pixels)
      this.#count(pixels, shown)
    }
  }

  /** `unexpected`: how often a watcher showed a pixel again, or one that was not placed. */
  get soFar(): { latencies: readonly number[]; due: number; unexpected: number } {
    this.#countPixels()
    return { latencies: this.#latencies, due: this.#due, unexpected: this.#unexpected }
  }

  #countPixels() {
    for (const [pixels, shown] of this.#messages) this.#count(pixels, shown)
    this.#messages.clear()
  }

  #count({ positions }: PackedPixels, { watchers, atMs }: Shown) {
    for (const position of positions) {
      const left = this.#left[position] as number
      this.#unexpected += Math.max(0, watchers - left)
      this.#left[position] = Math.max(0, left - watchers)
      const shownMs = Math.max(atMs, this.#shownMs[position] as number)
      this.#shownMs[position] = shownMs
      if (left > 0 && left <= watchers) this.#latencies.push(shownMs - (this.#dueMs[position] as number))
    }
  }
}
