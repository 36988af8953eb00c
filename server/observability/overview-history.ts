/**
 * The last hour in points of ten seconds. Every process makes points, the store keeps the first one for each time, and all processes read
 * it, so the history is the same in every process and survives restarts.
 *
 * While the store is unavailable, each process keeps its own points and saves them later, so that the history shows the outage. At most
 * `maxPoints` are in memory (A6).
 */
import type { OverviewPoint } from '../../lib/overview.ts'
import { heartbeatsKeptMs, type MembershipStore, maxPoints } from '../store/membership-port.ts'
import { createSingleFlightProbe } from './single-flight-probe.ts'

export const pointEveryMs = 10_000
/** The end of the newest complete point. */
export const pointEndOf = (nowMs: number) => Math.floor(nowMs / pointEveryMs) * pointEveryMs

/** Reads this far back, to find points that another process saves late, after an outage. */
const lookBackMs = 120_000

export class OverviewHistory {
  readonly #store: Pick<MembershipStore, 'savePoint' | 'readPoints'>
  readonly #points = new Map<number, OverviewPoint>()
  #unsaved: number[] = []
  #readUpToMs = 0
  readonly #exchange = createSingleFlightProbe(() => this.#saveAndRead())

  constructor(store: Pick<MembershipStore, 'savePoint' | 'readPoints'>) {
    this.#store = store
  }

  /** Oldest first. */
  points(nowMs: number): OverviewPoint[] {
    return [...this.#points]
      .filter(([atMs]) => atMs > nowMs - heartbeatsKeptMs)
      .sort(([one], [other]) => one - other)
      .map(([, point]) => point)
  }

  /** Reads the last hour. Never rejects; without a store the history is empty. */
  async load() {
    await this.#exchange()
  }

  /** `atMs` is a value of `pointEndOf`. Never rejects. */
  async add(point: Omit<OverviewPoint, 'at'>, atMs: number) {
    this.#points.set(atMs, { at: new Date(atMs).toISOString(), ...point })
    this.#unsaved.push(atMs)
    this.#unsaved = this.#unsaved.slice(-maxPoints)
    await this.#exchange()
    for (const old of [...this.#points.keys()].sort((a, b) => a - b).slice(0, -maxPoints)) this.#points.delete(old)
  }

  async #saveAndRead() {
    for (let atMs = this.#unsaved[0]; atMs !== undefined; atMs = this.#unsaved[0]) {
      const point = this.#points.get(atMs)
      if (point) await this.#store.savePoint({ atMs, body: JSON.stringify(point) })
      this.#unsaved = this.#unsaved.filter((other) => other !== atMs)
    }
    for (const { atMs, body } of await this.#store.readPoints({ sinceMs: this.#readUpToMs - lookBackMs })) {
      this.#points.set(atMs, JSON.parse(body) as OverviewPoint)
      this.#readUpToMs = Math.max(this.#readUpToMs, atMs)
    }
  }
}
