/**
 * The last hour in points of ten seconds, the same for whichever process answers: each of them makes a point, the first to save one is believed, and all
 * read what was saved. So the hour is whole after a restart, and no process is needed for it. While the store is away each goes on with its own points, and
 * they are saved when it is back, so that the outage itself can be seen. At most `maxPoints` are held (A6).
 */
import type { OverviewPoint } from '../../lib/overview.ts'
import { heartbeatsKeptMs, type MembershipStore, maxPoints } from '../store/membership-port.ts'
import { createSingleFlightProbe } from './single-flight-probe.ts'

export const pointEveryMs = 10_000
/** When the newest point that is whole by now ends. */
export const placeOf = (nowMs: number) => Math.floor(nowMs / pointEveryMs) * pointEveryMs

/** Points that another process saves late, after an outage, are still found. */
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

  /** Reads the hour. Never rejects: without a store it begins empty. */
  async load() {
    await this.#exchange()
  }

  /** Never rejects. `atMs` is a place of `placeOf`. */
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
