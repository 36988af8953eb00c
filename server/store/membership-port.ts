/**
 * The heartbeats of all processes and the points of the last hour: a part of the store's port, because the store is the one service that
 * all processes share.
 */

/** A process is alive while `beats` changes, whatever the clocks show. */
export interface Heartbeat {
  /** A restarted process has another one. */
  readonly id: string
  readonly roles: readonly string[]
  readonly beats: number
  /** By the process's own clock. */
  readonly startedAtMs: number
  readonly atMs: number
}

export interface HeartbeatWithReport extends Heartbeat {
  /** Metrics of the process; opaque to the store. */
  readonly report: string
}

/** There is one point for each `atMs`. */
export interface StoredPoint {
  readonly atMs: number
  readonly body: string
}

/** Every call can be repeated after an unknown outcome. */
export interface MembershipStore {
  /** Replaces the heartbeat of this process. */
  beat(heartbeat: HeartbeatWithReport): Promise<void>
  /** Removes the heartbeat of a process that stops. */
  endBeat(id: string): Promise<void>
  /** The newest `maxHeartbeats`. The heartbeat of a killed process stays for an hour. */
  readHeartbeats(): Promise<Heartbeat[]>
  readReports(): Promise<HeartbeatWithReport[]>
  /** Keeps the first point of each `atMs`, and removes points that are older than an hour. */
  savePoint(point: StoredPoint): Promise<void>
  /** The newest `maxPoints` from `sinceMs` on, oldest first. */
  readPoints(options: { sinceMs: number }): Promise<StoredPoint[]>
}

export const heartbeatsKeptMs = 3_600_000
export const maxHeartbeats = 200
/** One in ten seconds, for an hour. */
export const maxPoints = 360
