/**
 * Bounds the calls that wait for a majority at a time, so that they cannot take every connection while no majority confirms anything. A slot is
 * free when the call is over on the server as well, not when its caller gives it up.
 */
import { StoreError } from '../port.ts'

export class MajoritySlots {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(count: number) {
    this.#free = count
  }

  /** @throws {StoreError} `unavailable` when no slot was free for so long; `run` is then never called. */
  async use<Result>(run: () => Promise<Result>, maxWaitMs: number): Promise<Result> {
    if (this.#free > 0) this.#free--
    else await this.#wait(maxWaitMs)
    try {
      return await run()
    } finally {
      const [next] = this.#waiting
      if (next) next()
      else this.#free++
    }
  }

  #wait(maxWaitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const next = () => {
        clearTimeout(timer)
        this.#waiting.delete(next)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(next)
        reject(new StoreError('unavailable', 'Too many calls wait for a majority of the MongoDB replica set.'))
      }, maxWaitMs)
      this.#waiting.add(next)
    })
  }
}
