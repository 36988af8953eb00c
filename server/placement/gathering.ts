/**
 * Whom a transaction waits for: those who painted a moment ago and may do so again before frames are due. What several people paint then shares a
 * transaction, an entry of the stream and a publisher's round, where each pixel would have its own; as frames are sent by windows, hardly anybody sees it
 * later for that. (Databases know it as a commit delay that depends on how many others are active, such as PostgreSQL's `commit_siblings`.)
 *
 * Nobody who paints alone waits, nor do clients that ask again as soon as they are answered: when all of them are back, nobody is missing. Where it turns
 * out that waiting brings nobody, as with a client that speaks for many painters, one after the other, there is less and less of it.
 */
import { sleep } from '../lifecycle.ts'

/** Fewer missing painters than these are not waited for. */
const severalPainters = 3
/** So many requests share enough. */
const enoughRequests = 12
/** After waiting in vain it does not wait for so long, twice as long each time. */
const vainMs = { first: 100, longest: 3_200 }

export interface GatheringOptions {
  /** Requests that are there and not yet being saved. */
  readonly waiting: () => number
  /** Milliseconds that only go forward. */
  readonly steadyNow: () => number
  /** How long somebody is missed. */
  readonly missedMs: () => number
}

export class Gathering {
  readonly #options: GatheringOptions
  /** Whose last request was taken within that time, with when it was: the longest ago first. */
  readonly #missing = new Map<string, number>()
  #cameAtMs = Number.NEGATIVE_INFINITY
  #wakeUp: (() => void) | null = null
  #vain = { untilMs: Number.NEGATIVE_INFINITY, nextMs: vainMs.first }

  constructor(options: GatheringOptions) {
    this.#options = options
  }

  /** Somebody has asked. */
  came(painter: string) {
    this.#missing.delete(painter)
    this.#cameAtMs = this.#options.steadyNow()
    if (this.#wakeUp && this.#restMs() <= 0) this.#wakeUp()
  }

  /** Requests of theirs are being saved. */
  taken(painters: readonly string[]) {
    const nowMs = this.#options.steadyNow()
    for (const painter of painters) {
      this.#missing.delete(painter)
      this.#missing.set(painter, nowMs)
    }
  }

  /** Until enough have come, or hardly anybody is missing any more, or the signal is aborted. */
  async wait(signal: AbortSignal) {
    const restMs = this.#restMs()
    if (restMs <= 0 || this.#options.steadyNow() < this.#vain.untilMs) return
    await sleep(restMs, signal, (wakeUp) => {
      this.#wakeUp = wakeUp
    })
    this.#wakeUp = null
    const nowMs = this.#options.steadyNow()
    const wasInVain = nowMs - this.#cameAtMs > restMs * 0.75
    this.#vain = wasInVain
      ? { untilMs: nowMs + this.#vain.nextMs, nextMs: Math.min(vainMs.longest, this.#vain.nextMs * 2) }
      : { untilMs: nowMs, nextMs: vainMs.first }
  }

  /** Until fewer than several are missing, if nobody comes. */
  #restMs() {
    const sinceMs = this.#options.steadyNow() - this.#options.missedMs()
    for (const [painter, takenAtMs] of this.#missing) {
      if (takenAtMs > sinceMs) break
      this.#missing.delete(painter)
    }
    if (this.#options.waiting() >= enoughRequests) return 0
    let missing = this.#missing.size
    for (const takenAtMs of this.#missing.values()) if (missing-- === severalPainters) return takenAtMs - sinceMs
    return 0
  }
}
