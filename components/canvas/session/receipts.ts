/**
 * Requests the seq of a saved pixel that no frame has shown yet. If another painter's pixel is at the same position in the same frame,
 * only the receipt has the seq from which on the board is right.
 */
import type { Api } from './api.ts'
import { backoffMs } from './backoff.ts'
import type { Runtime } from './types.ts'

export interface ReceiptsOptions {
  readonly runtime: Runtime
  readonly api: Pick<Api, 'receipt'>
  /** True while the answer is still needed. */
  readonly wanted: (key: string) => boolean
  /** Null if the log no longer has the commit, so that every board includes it. */
  readonly onSeq: (key: string, seq: number | null) => void
}

const firstAfterMs = 1_000
const again = { baseMs: 2_000, maxMs: 30_000 }

export class Receipts {
  readonly #options: ReceiptsOptions
  readonly #timers = new Set<number>()
  #disposed = false

  constructor(options: ReceiptsOptions) {
    this.#options = options
  }

  request(key: string, placementId: string) {
    this.#later(firstAfterMs, () => void this.#fetch(key, placementId, 1))
  }

  dispose() {
    this.#disposed = true
    for (const timer of this.#timers) this.#options.runtime.timers.clear(timer)
    this.#timers.clear()
  }

  async #fetch(key: string, placementId: string, tries: number) {
    if (!this.#options.wanted(key)) return
    const answer = await this.#options.api.receipt(placementId)
    if (this.#disposed || !this.#options.wanted(key)) return
    if (answer.kind === 'ok' && answer.value.seq !== null) this.#options.onSeq(key, answer.value.seq)
    else if (answer.kind === 'problem' && (answer.problem.code === 'log_trimmed' || answer.problem.code === 'not_found'))
      this.#options.onSeq(key, null)
    else this.#later(backoffMs(again, tries, this.#options.runtime.random), () => void this.#fetch(key, placementId, tries + 1))
  }

  #later(waitMs: number, act: () => void) {
    const timer = this.#options.runtime.timers.set(() => {
      this.#timers.delete(timer)
      act()
    }, waitMs)
    this.#timers.add(timer)
  }
}
