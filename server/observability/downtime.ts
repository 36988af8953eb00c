/** Adds up the downtime of each part within the ten seconds of a point. */
import { type FaultKind, faultKinds } from '../../lib/overview.ts'
import { pointEveryMs } from './overview-history.ts'

const none = (): Record<FaultKind, number> => ({ store: 0, stream: 0, workers: 0, publishing: 0 })

export class DowntimeClock {
  #sum = none()
  #tickedAtMs: number | null = null

  /** A part that is down now counts as down since the tick before, or for one second on the first tick. */
  tick(isDown: Readonly<Record<FaultKind, boolean>>, nowMs: number) {
    const passedMs = this.#tickedAtMs === null ? 1_000 : Math.max(0, nowMs - this.#tickedAtMs)
    this.#tickedAtMs = nowMs
    for (const kind of faultKinds) if (isDown[kind]) this.#sum[kind] += passedMs
  }

  /** The downtime since the last call, at most the length of a point. */
  take(): Record<FaultKind, number> {
    const taken = none()
    for (const kind of faultKinds) taken[kind] = Math.min(pointEveryMs, this.#sum[kind])
    this.#sum = none()
    return taken
  }
}
