/** Collects what must be stopped at the end of a side, after an error, or on an interrupt: the newest first. */
export class Scope {
  readonly #stops: (() => Promise<void> | void)[] = []

  defer(stop: () => Promise<void> | void) {
    this.#stops.push(stop)
  }

  /** Stops all, and then throws the first error. */
  async close() {
    const errors: unknown[] = []
    for (let stop = this.#stops.pop(); stop; stop = this.#stops.pop()) {
      try {
        await stop()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
}
