/** Signs of life and points of the last hour, in memory: the model, and what the embedded store uses for signs, since one process has its file. */
import { type Heartbeat, heartbeatsKeptMs, maxPoints, maxSigns, type StoredPoint, type ToldHeartbeat } from '../membership-port.ts'

export class MemoryMembership {
  readonly #signs = new Map<string, ToldHeartbeat>()
  readonly #points = new Map<number, StoredPoint>()

  beat(heartbeat: ToldHeartbeat) {
    this.#signs.set(heartbeat.id, heartbeat)
    for (const { id, atMs } of this.#signs.values()) if (atMs <= heartbeat.atMs - heartbeatsKeptMs) this.#signs.delete(id)
  }

  endBeat(id: string) {
    this.#signs.delete(id)
  }

  readHeartbeats(): Heartbeat[] {
    return this.readReports().map(({ report: _, ...heartbeat }) => heartbeat)
  }

  readReports(): ToldHeartbeat[] {
    return [...this.#signs.values()].sort((a, b) => b.atMs - a.atMs).slice(0, maxSigns)
  }

  savePoint(point: StoredPoint) {
    if (!this.#points.has(point.atMs)) this.#points.set(point.atMs, point)
    for (const atMs of this.#points.keys()) if (atMs <= point.atMs - heartbeatsKeptMs) this.#points.delete(atMs)
  }

  readPoints({ sinceMs }: { sinceMs: number }): StoredPoint[] {
    const points = [...this.#points.values()].filter(({ atMs }) => atMs >= sinceMs).sort((a, b) => a.atMs - b.atMs)
    return points.slice(-maxPoints)
  }
}
