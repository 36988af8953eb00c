/** One timer, which can be set again: a new time replaces the earlier one. */
import type { Timers } from './types.ts'

export class Timer {
  readonly #timers: Timers
  #id: number | null = null

  constructor(timers: Timers) {
    this.#timers = timers
  }

  get isSet() {
    return this.#id !== null
  }

  set(act: () => void, delayMs: number) {
    this.clear()
    this.#id = this.#timers.set(() => {
      this.#id = null
      act()
    }, delayMs)
  }

  clear() {
    if (this.#id !== null) this.#timers.clear(this.#id)
    this.#id = null
  }
}
