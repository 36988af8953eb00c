/** Tells a palm from a finger: every touch beside a pen that is down. It has no DOM. */
import type { PointerKind } from './gestures.ts'

export class PalmFilter {
  readonly #pens = new Set<number>()
  readonly #fingers = new Set<number>()
  readonly #palms = new Set<number>()

  /** A pointer is down. Returns whether it counts, and the touches that turn out to be palms. */
  down(id: number, kind: PointerKind): { counts: boolean; palms: number[] } {
    if (kind === 'pen') {
      this.#pens.add(id)
      const palms = [...this.#fingers]
      for (const palm of palms) this.#palms.add(palm)
      this.#fingers.clear()
      return { counts: true, palms }
    }
    if (kind === 'touch') (this.#pens.size > 0 ? this.#palms : this.#fingers).add(id)
    return { counts: !this.#palms.has(id), palms: [] }
  }

  isPalm(id: number) {
    return this.#palms.has(id)
  }

  /** The pointer has left. Browsers do not use its id again soon, but may later. */
  gone(id: number) {
    this.#pens.delete(id)
    this.#fingers.delete(id)
    this.#palms.delete(id)
  }
}
