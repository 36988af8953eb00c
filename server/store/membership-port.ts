/**
 * Which processes run, and the last hour: each process's heartbeat, and the last hour in points. A part of the store's port, because the store is the one place
 * that all processes always share. What is kept is small and bounded: one sign a process, one point in ten seconds, an hour of each.
 */

/** A process is alive while `beats` changes, whatever the clocks say. */
export interface Heartbeat {
  /** Of this life of the process; a restarted one is another. */
  readonly id: string
  /** What the process runs. */
  readonly roles: readonly string[]
  readonly beats: number
  /** By the process's own clock. */
  readonly startedAtMs: number
  readonly atMs: number
}

/** With what the process tells of itself; the store does not look into it. */
export interface HeartbeatWithReport extends Heartbeat {
  readonly report: string
}

/** `atMs` is its place: there is one point of each. */
export interface StoredPoint {
  readonly atMs: number
  readonly body: string
}

export interface MembershipStore {
  /** Says that this process lives. */
  beat(heartbeat: HeartbeatWithReport): Promise<void>
  /** Removes the heartbeat: this process stops. */
  endBeat(id: string): Promise<void>
  /** The latest sign of each process, at most the newest `maxHeartbeats`; of one that died it stays for an hour. */
  readHeartbeats(): Promise<Heartbeat[]>
  /** The same with the reports. */
  readReports(): Promise<HeartbeatWithReport[]>
  /** The first one of a place stays; those of more than an hour ago go. */
  savePoint(point: StoredPoint): Promise<void>
  /** Those from `sinceMs` on, the newest `maxPoints` of them, oldest first. */
  readPoints(options: { sinceMs: number }): Promise<StoredPoint[]>
}

export const heartbeatsKeptMs = 3_600_000
export const maxHeartbeats = 200
/** An hour, one in ten seconds. */
export const maxPoints = 360
