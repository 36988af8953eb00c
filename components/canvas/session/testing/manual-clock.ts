/** A clock that tests move by hand. Due timers run in order, and all promises settle between two of them. */
import type { Timers } from '../types.ts'

interface Due {
  readonly id: number
  readonly atMs: number
  readonly act: () => void
}

export class ManualClock {
  nowMs: number
  #ids = 0
  #due: Due[] = []

  constructor(startMs = 1_700_000_000_000) {
    this.nowMs = startMs
  }

  readonly now = () => this.nowMs

  /** The wall clock. A test sets how far it is ahead of `now`. */
  wallAheadMs = 0
  readonly wall = () => this.nowMs + this.wallAheadMs

  /** `performance.now()` of a browser in which it stops while the machine sleeps. */
  #sleptMs = 0
  readonly ticks = () => this.nowMs - this.#sleptMs

  sleep(ms: number) {
    this.nowMs += ms
    this.#sleptMs += ms
    this.#due = this.#due.map((due) => ({ ...due, atMs: due.atMs + ms }))
  }

  readonly timers: Timers = {
    set: (act, delayMs) => {
      const id = ++this.#ids
      this.#due.push({ id, atMs: this.nowMs + Math.max(0, delayMs), act })
      return id
    },
    clear: (id) => {
      this.#due = this.#due.filter((due) => due.id !== id)
    },
  }

  /** How many timers are set. */
  get waiting() {
    return this.#due.length
  }

  async advance(ms: number) {
    const untilMs = this.nowMs + ms
    await settle()
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.nowMs = Math.max(this.nowMs, next.atMs)
      this.timers.clear(next.id)
      next.act()
      await settle()
    }
    this.nowMs = untilMs
  }

  #next(untilMs: number): Due | undefined {
    let next: Due | undefined
    for (const due of this.#due) if (due.atMs <= untilMs && (!next || due.atMs < next.atMs)) next = due
    return next
  }
}

/** Waits until all promises that can settle have settled. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
