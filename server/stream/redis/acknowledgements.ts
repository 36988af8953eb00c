/**
 * Collects the acknowledgements of a reader and sends them together. A process that is killed loses what it has not sent: those entries are
 * delivered again, and dropped by their seqs.
 */
const sendEveryMs = 500

export class Acknowledgements {
  readonly #send: (ids: readonly string[]) => Promise<unknown>
  #unsent: string[] = []
  #sentAtMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | null = null

  constructor(send: (ids: readonly string[]) => Promise<unknown>) {
    this.#send = send
  }

  async add(ids: readonly string[]) {
    this.#unsent.push(...ids)
    const waitMs = this.#sentAtMs + sendEveryMs - performance.now()
    if (waitMs <= 0) return this.flush()
    // One that fails is sent again with the next.
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), waitMs)
  }

  async flush() {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const ids = this.#unsent
    this.#unsent = []
    if (ids.length === 0) return
    this.#sentAtMs = performance.now()
    try {
      await this.#send(ids)
    } catch (error) {
      this.#unsent = [...ids, ...this.#unsent]
      throw error
    }
  }
}
