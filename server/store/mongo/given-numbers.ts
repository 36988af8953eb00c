/**
 * The numbers that this process has given last, so that the next ones need not begin with a snapshot.
 *
 * Whoever begins from them has to read what waits later than that for certain, on another primary too: so its session waits for the operation time
 * of the last numbers (causal consistency). And no number above them may have come and gone meanwhile, given and published by others and expired:
 * they hold for a second from when the tail was read in a snapshot, and a commit is kept for an hour at least.
 */
import type mongoose from 'mongoose'
import type { ClientSession } from 'mongoose'
import { steadyNow } from '../../steady-clock.ts'
import { type Tile, tailKey } from './tile-tail.ts'

const heldMs = 1_000

export class GivenNumbers {
  readonly #tails = new Map<string, { readonly seq: number; readonly untilMs: number }>()
  #givenAt: mongoose.mongo.Timestamp | undefined

  /** Whether any number holds. */
  get hold(): boolean {
    for (const [key, { untilMs }] of this.#tails) if (steadyNow() >= untilMs) this.#tails.delete(key)
    return this.#tails.size > 0
  }

  /** What is read in this session from now on is newer than the numbers. */
  follow(session: ClientSession) {
    if (this.#givenAt) session.advanceOperationTime(this.#givenAt)
  }

  /** Null when they do not hold for all of these tiles. */
  tailsOf(tiles: readonly Tile[]): Map<string, number> | null {
    const tails = new Map<string, number>()
    for (const tile of tiles) {
      const key = tailKey(tile)
      const known = this.#tails.get(key)
      if (!known || steadyNow() >= known.untilMs) return null
      tails.set(key, known.seq)
    }
    return tails
  }

  /** `session`: in which they were given, and acknowledged. `readAtMs`: when the tails were read, if they were. */
  gave(tails: ReadonlyMap<string, number>, session: ClientSession, readAtMs: number | null) {
    for (const [key, seq] of tails) {
      const untilMs = readAtMs === null ? this.#tails.get(key)?.untilMs : readAtMs + heldMs
      if (untilMs !== undefined) this.#tails.set(key, { seq, untilMs })
    }
    const { operationTime } = session
    if (operationTime && (!this.#givenAt || operationTime.greaterThan(this.#givenAt))) this.#givenAt = operationTime
  }

  forget() {
    this.#tails.clear()
  }
}
