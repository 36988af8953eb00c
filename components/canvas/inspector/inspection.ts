/**
 * What is known of one cell. It is read again after each change of the cell, at most once in `gapMs`. Older entries are kept while the
 * newest ones still join them. It has no DOM.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemCode } from '../../../lib/refusal.ts'
import { Timer } from '../session/timer.ts'
import type { Timers } from '../session/types.ts'
import type { PixelAnswer, PixelFacts } from './read-pixel.ts'

export interface InspectionState {
  /** Null before the first answer. */
  readonly facts: PixelFacts | null
  /** The server's time of the last answer. */
  readonly readAtMs: number | null
  /** Why the last request failed; `no_answer` without an answer of Fresco. */
  readonly failure: ProblemCode | 'no_answer' | null
  readonly older: 'idle' | 'loading' | 'failed'
}

export interface InspectionOptions {
  readonly read: (request: { before?: string | undefined; signal: AbortSignal }) => Promise<PixelAnswer>
  readonly timers: Timers
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly serverNow: () => number
}

export const gapMs = 700

export class Inspection {
  readonly store: StoreApi<InspectionState>
  readonly #options: InspectionOptions
  /** Aborted until `start`. */
  #stop = AbortSignal.abort()
  readonly #timer: Timer
  #startedAtMs = Number.NEGATIVE_INFINITY
  #isReading = false
  #isOutdated = false

  constructor(options: InspectionOptions) {
    this.#options = options
    this.#timer = new Timer(options.timers)
    this.store = createStore<InspectionState>(() => ({ facts: null, readAtMs: null, failure: null, older: 'idle' }))
  }

  /** Returns the function that ends it. It may be started again. */
  start(): () => void {
    const stop = new AbortController()
    this.#stop = stop.signal
    this.#isReading = false
    this.refresh()
    return () => {
      stop.abort()
      this.#timer.clear()
    }
  }

  /** The cell may have changed. */
  refresh() {
    if (this.#stop.aborted) return
    if (this.#isReading) {
      this.#isOutdated = true
      return
    }
    const waitMs = this.#startedAtMs + gapMs - this.#options.now()
    if (waitMs > 0) this.#timer.set(() => void this.#read(), waitMs)
    else void this.#read()
  }

  /** Reads the entries before the oldest known one. */
  async readOlder() {
    const { facts, older } = this.store.getState()
    const before = facts?.history.at(-1)?.at
    if (!facts?.more || before === undefined || older === 'loading') return
    this.store.setState({ older: 'loading' })
    const signal = this.#stop
    const answer = await this.#options.read({ before, signal })
    const current = this.store.getState().facts
    if (signal.aborted || !current) return
    // The newest entries were read again meanwhile, and do not join the older ones any more.
    if (current.history.at(-1)?.at !== before) return this.store.setState({ older: 'idle' })
    if (!answer.ok) return this.store.setState({ older: 'failed' })
    const history = [...current.history, ...answer.facts.history]
    this.store.setState({ older: 'idle', facts: { ...current, history, more: answer.facts.more } })
  }

  async #read() {
    this.#timer.clear()
    this.#isReading = true
    this.#isOutdated = false
    this.#startedAtMs = this.#options.now()
    const signal = this.#stop
    const answer = await this.#options.read({ signal })
    if (signal.aborted) return
    this.#isReading = false
    if (answer.ok) {
      const { facts } = this.store.getState()
      this.store.setState({
        facts: facts ? joined(facts, answer.facts) : answer.facts,
        readAtMs: this.#options.serverNow(),
        failure: null,
      })
    } else this.store.setState({ failure: answer.code ?? 'no_answer' })
    if (this.#isOutdated) this.refresh()
  }
}

/** The new facts, with the older entries that were loaded before, unless there is a gap between the two. */
const joined = (before: PixelFacts, now: PixelFacts): PixelFacts => {
  const oldest = now.history.at(-1)?.at
  const index = before.history.findIndex(({ at }) => at === oldest)
  if (index < 0 || !now.more) return now
  return { ...now, history: [...now.history, ...before.history.slice(index + 1)], more: before.more }
}
