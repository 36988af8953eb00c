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
/** The time between two readings counts at most this much. */
const maxPassedMs = 1_500

export class Members {
  readonly #seen = new Map<string, { heartbeat: Heartbeat; unchangedMs: number; hasChanged: boolean }>()
  #observedAtMs: number | null = null

  /** Call it with the heartbeats in the store, about once a second. */
  observe(heartbeats: readonly Heartbeat[], nowMs: number) {
    const passedMs = this.#observedAtMs === null ? 0 : Math.min(maxPassedMs, nowMs - this.#observedAtMs)
    this.#observedAtMs = nowMs
    const present = new Set(heartbeats.map(({ id }) => id))
    const newestMs = Math.max(...heartbeats.map(({ atMs }) => atMs))
    for (const id of this.#seen.keys()) if (!present.has(id)) this.#seen.delete(id)
    for (const heartbeat of heartbeats) {
      const known = this.#seen.get(heartbeat.id)
      if (!known) {
        this.#seen.set(heartbeat.id, { heartbeat, unchangedMs: newestMs - heartbeat.atMs, hasChanged: false })
        continue
      }
      const isUnchanged = known.heartbeat.beats === heartbeat.beats
      const unchangedMs = isUnchanged ? known.unchangedMs + Math.max(0, passedMs) : 0
      this.#seen.set(heartbeat.id, { heartbeat, unchangedMs, hasChanged: known.hasChanged || !isUnchanged })
    }
  }

  alive(): Heartbeat[] {
    return [...this.#seen.values()].flatMap(({ heartbeat, unchangedMs }) => (unchangedMs < lostAfterMs ? [heartbeat] : []))
  }

  lost(): Heartbeat[] {
    return [...this.#seen.values()].flatMap(({ heartbeat, unchangedMs }) => (unchangedMs < lostAfterMs ? [] : [heartbeat]))
  }

  /** Members whose counter never changed between readings: lost before this process started, or only just started. */
  unchanged(): Heartbeat[] {
    return [...this.#seen.values()].flatMap(({ heartbeat, hasChanged }) => (hasChanged ? [] : [heartbeat]))
  }
}
