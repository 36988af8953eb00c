/**
 * Which processes are alive. A process is alive while its heartbeat counter changes, for any state of its clock, and lost after five
 * seconds without a change.
 *
 * Only time between two readings counts. A process that was frozen, or whose store was unavailable, has not observed the others, and must
 * not count them as lost.
 */
import type { Heartbeat } from '../store/membership-port.ts'

/** A process whose counter has not changed for this long is lost. */
export const lostAfterMs = 5_000
/** The most that the time between two readings counts. */
const longestLookMs = 1_500

export class Members {
  readonly #seen = new Map<string, { heartbeat: Heartbeat; stillMs: number; hasMoved: boolean }>()
  #lookedAtMs: number | null = null

  /** Call it with the heartbeats in the store, about once a second. */
  look(heartbeats: readonly Heartbeat[], nowMs: number) {
    const passedMs = this.#lookedAtMs === null ? 0 : Math.min(longestLookMs, nowMs - this.#lookedAtMs)
    this.#lookedAtMs = nowMs
    const there = new Set(heartbeats.map(({ id }) => id))
    const newestMs = Math.max(...heartbeats.map(({ atMs }) => atMs))
    for (const id of this.#seen.keys()) if (!there.has(id)) this.#seen.delete(id)
    for (const heartbeat of heartbeats) {
      const known = this.#seen.get(heartbeat.id)
      if (!known) {
        this.#seen.set(heartbeat.id, { heartbeat, stillMs: newestMs - heartbeat.atMs, hasMoved: false })
        continue
      }
      const isStill = known.heartbeat.beats === heartbeat.beats
      const stillMs = isStill ? known.stillMs + Math.max(0, passedMs) : 0
      this.#seen.set(heartbeat.id, { heartbeat, stillMs, hasMoved: known.hasMoved || !isStill })
    }
  }

  alive(): Heartbeat[] {
    return [...this.#seen.values()].flatMap(({ heartbeat, stillMs }) => (stillMs < lostAfterMs ? [heartbeat] : []))
  }

  lost(): Heartbeat[] {
    return [...this.#seen.values()].flatMap(({ heartbeat, stillMs }) => (stillMs < lostAfterMs ? [] : [heartbeat]))
  }

  /** Members whose counter never changed between readings: lost before this process started, or only just started. */
  unmoved(): Heartbeat[] {
    return [...this.#seen.values()].flatMap(({ heartbeat, hasMoved }) => (hasMoved ? [] : [heartbeat]))
  }
}
