/** What was started and has to be stopped, newest first, whatever happens: the end of a side, an error, an interrupt. */
export class Scope {
  readonly #stops: (() => Promise<void> | void)[] = []

  defer(stop: () => Promise<void> | void) {
    this.#stops.push(stop)
  }

  /** Goes through all of them, and throws the first error after that. */
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
