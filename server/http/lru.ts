interface Entry<Value> {
  value: Value
  wasAsked: boolean
}

/**
 * At most `maxEntries` answers (A6), those that were asked for least recently let go first. By the clock algorithm, which knows that nearly: what
 * was asked for since its turn came last is spared once. So asking is one look-up, and nothing is moved.
 */
export class Lru<Value> {
  /** In the order of their turns. */
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #maxEntries: number

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    entry.wasAsked = true
    return entry.value
  }

  set(key: string, value: Value) {
    const entry = this.#entries.get(key)
    if (entry) {
      entry.value = value
      return
    }
    if (this.#entries.size >= this.#maxEntries) this.#makeRoom()
    this.#entries.set(key, { value, wasAsked: false })
  }

  #makeRoom() {
    // What is spared comes again at the end of this very loop, and goes then if nothing else did.
    for (const [key, entry] of this.#entries) {
      this.#entries.delete(key)
      if (!entry.wasAsked) return
      entry.wasAsked = false
      this.#entries.set(key, entry)
    }
  }
}
