/** The last seq of the canvas's control log that this page has. When heads stay above it, a change was lost, and the page joins again. */
import { Timer } from './timer.ts'
import type { Timers } from './types.ts'

/** A change may be on its way this long. */
const maxBehindMs = 1_000

export class ControlSeq {
  readonly #joinAgain: () => void
  readonly #timer: Timer
  #seq: number | null = null

  constructor({ timers, joinAgain }: { timers: Timers; joinAgain: () => void }) {
    this.#joinAgain = joinAgain
    this.#timer = new Timer(timers)
  }

  /** Null before the first answer to a join. */
  get seq() {
    return this.#seq
  }

  /** A change arrived, or a join was answered: the missed changes follow its answer. */
  reached(seq: number) {
    this.#seq = Math.max(this.#seq ?? 0, seq)
  }

  head(head: number) {
    const isBehind = () => this.#seq !== null && this.#seq < head
    if (isBehind()) this.#timer.set(() => isBehind() && this.#joinAgain(), maxBehindMs)
  }

  /** The canvas has another epoch, with another log. */
  reset() {
    this.#seq = null
    this.#timer.clear()
  }
}
