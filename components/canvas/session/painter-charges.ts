/**
 * The painter and their charges as the page shows them. The server's answers are the source. Between two answers the local clock
 * grows the charges, and each placement takes one.
 */
import type { Charges } from '../../../lib/charges.ts'
import type { Api } from './api.ts'
import { ChargeCounter } from './charge-counter.ts'
import { readMe } from './messages.ts'
import { Timer } from './timer.ts'
import type { CanvasInfo, Runtime, SessionState } from './types.ts'

export interface PainterChargesOptions {
  readonly runtime: Pick<Runtime, 'now' | 'timers'>
  readonly api: Pick<Api, 'me'>
  /** The placements without an answer, and how many of them are being sent. */
  readonly pending: () => { readonly size: number; readonly sending: number }
  readonly publish: (change: Partial<Pick<SessionState, 'charges' | 'painter'>>) => void
}

export class PainterCharges {
  readonly #options: PainterChargesOptions
  readonly #counter = new ChargeCounter()
  readonly #timer: Timer
  #painterKnown = false
  #newestAnsweredMs = Number.NEGATIVE_INFINITY
  #isLoading = false
  #disposed = false

  constructor(options: PainterChargesOptions) {
    this.#options = options
    this.#timer = new Timer(options.runtime.timers)
  }

  setRules(canvas: CanvasInfo) {
    this.#counter.setRules(canvas)
    this.#show()
    // The board had no limit before, so only the server has the charges.
    if (this.#painterKnown && this.#counter.show(this.#options.runtime.now()) === null) void this.loadMe()
  }

  /** Takes one charge, or returns the time until there is one. */
  spend() {
    const spending = this.#counter.spend(this.#options.runtime.now())
    this.#show()
    return spending
  }

  /** A placement was saved, and the answer has these charges. An answer that is late or `repeated` has old ones. */
  saved({ charges, createdAtMs, repeated }: { charges: Charges | null; createdAtMs: number; repeated: boolean }) {
    const isNewest = createdAtMs >= this.#newestAnsweredMs
    this.#newestAnsweredMs = Math.max(this.#newestAnsweredMs, createdAtMs)
    if (charges && isNewest && !repeated) this.#update(charges)
    else if (this.#options.pending().size === 0) void this.loadMe()
    if (!this.#painterKnown) void this.loadMe()
    this.#show()
  }

  /** Placements were not saved. `emptyForMs` is set if the server has no charge for that time. */
  notSaved(count: number, emptyForMs: number | null) {
    const nowMs = this.#options.runtime.now()
    if (emptyForMs === null) this.#counter.giveBack(count, nowMs)
    else this.#counter.setEmpty(emptyForMs, nowMs)
    this.#show()
  }

  /** The `me` event. It is ignored while a placement is being sent, because the answer will have newer charges. */
  receiveMe(value: unknown) {
    const me = readMe(value)
    if (me) this.#updateUnlessSending(me.charges)
  }

  /** The wall clock was set, or the machine slept. Only the server has the charges that have grown since. */
  async clockJumped() {
    if (this.#painterKnown) await this.loadMe()
  }

  async loadMe() {
    if (this.#isLoading || this.#disposed) return
    this.#isLoading = true
    const answer = await this.#options.api.me()
    this.#isLoading = false
    if (this.#disposed || answer.kind !== 'ok') return
    this.#painterKnown = true
    this.#options.publish({ painter: answer.value.painter })
    this.#updateUnlessSending(answer.value.charges)
  }

  dispose() {
    this.#disposed = true
    this.#timer.clear()
  }

  #updateUnlessSending(charges: Charges) {
    if (this.#options.pending().sending === 0) this.#update(charges)
    this.#show()
  }

  #update(charges: Charges) {
    this.#counter.update(charges, this.#options.pending().size, this.#options.runtime.now())
  }

  /** Publishes the charges now, and again when the next one has grown. */
  #show() {
    const nowMs = this.#options.runtime.now()
    const charges = this.#counter.show(nowMs)
    this.#options.publish({ charges: charges && { ...charges, receivedAtMs: nowMs } })
    if (charges?.nextChargeInMs == null) this.#timer.clear()
    else this.#timer.set(() => this.#show(), charges.nextChargeInMs + 1)
  }
}
