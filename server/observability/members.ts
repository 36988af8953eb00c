/**
 * Which of the processes live, by their signs. A sign that moves lives, whatever the clocks say; one that stands still for five seconds is lost.
 *
 * Only time in which somebody looked counts as standing still: a process that was frozen, or whose store was away, has not watched the others, and must
 * not take them all for dead when it wakes up.
 */
import type { Heartbeat } from '../store/membership-port.ts'

/** A sign that stands still for so long belongs to a process that is gone. */
export const lostAfterMs = 5_000
/** As much as one look after another may add. */
const longestLookMs = 1_500

export class Members {
  readonly #seen = new Map<string, { sign: Heartbeat; stillMs: number; hasMoved: boolean }>()
  #lookedAtMs: number | null = null

  /** To be called with what the store has, about once a second. */
  look(signs: readonly Heartbeat[], nowMs: number) {
    const passedMs = this.#lookedAtMs === null ? 0 : Math.min(longestLookMs, nowMs - this.#lookedAtMs)
    this.#lookedAtMs = nowMs
    const there = new Set(signs.map(({ id }) => id))
    const newestMs = Math.max(...signs.map(({ atMs }) => atMs))
    for (const id of this.#seen.keys()) if (!there.has(id)) this.#seen.delete(id)
    for (const sign of signs) {
      const known = this.#seen.get(sign.id)
      if (!known) {
        this.#seen.set(sign.id, { sign, stillMs: newestMs - sign.atMs, hasMoved: false })
        continue
      }
      const isStill = known.sign.beats === sign.beats
      const stillMs = isStill ? known.stillMs + Math.max(0, passedMs) : 0
      this.#seen.set(sign.id, { sign, stillMs, hasMoved: known.hasMoved || !isStill })
    }
  }

  living(): Heartbeat[] {
    return [...this.#seen.values()].flatMap(({ sign, stillMs }) => (stillMs < lostAfterMs ? [sign] : []))
  }

  lost(): Heartbeat[] {
    return [...this.#seen.values()].flatMap(({ sign, stillMs }) => (stillMs < lostAfterMs ? [] : [sign]))
  }

  /** Those that never moved while somebody looked: lost before this process began, or only just started. */
  unmoved(): Heartbeat[] {
    return [...this.#seen.values()].flatMap(({ sign, hasMoved }) => (hasMoved ? [] : [sign]))
  }
}
