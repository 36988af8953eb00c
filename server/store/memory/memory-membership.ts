/** Heartbeats and points in memory: for the model, and for the SQLite store, whose file only one process uses. */
import {
  type Heartbeat,
  type HeartbeatWithReport,
  heartbeatsKeptMs,
  maxHeartbeats,
  maxPoints,
  type StoredPoint,
} from '../membership-port.ts'

export class MemoryMembership {
  readonly #heartbeats = new Map<string, HeartbeatWithReport>()
  readonly #points = new Map<number, StoredPoint>()

  beat(heartbeat: HeartbeatWithReport) {
    this.#heartbeats.set(heartbeat.id, heartbeat)
    for (const { id, atMs } of this.#heartbeats.values()) if (atMs <= heartbeat.atMs - heartbeatsKeptMs) this.#heartbeats.delete(id)
  }

  endBeat(id: string) {
    this.#heartbeats.delete(id)
  }

  readHeartbeats(): Heartbeat[] {
    return this.readReports().map(({ report: _, ...heartbeat }) => heartbeat)
  }

  readReports(): HeartbeatWithReport[] {
    return [...this.#heartbeats.values()].sort((a, b) => b.atMs - a.atMs).slice(0, maxHeartbeats)
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
