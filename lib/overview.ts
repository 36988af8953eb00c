/**
 * The state of the service for an operator: `GET /api/admin/overview`, and the same without `history` each second on the `/admin`
 * namespace (PROTOCOL.md). Times are ISO 8601 UTC. A latency or age is null if there is no measurement.
 */

import type { BackupsOverview } from './backups.ts'
import type { OperatorWarning } from './operator-warning.ts'
import type { WriteFault } from './write-fault.ts'

export type WorkerState = 'running' | 'backing_off' | 'stopped' | 'lost'

export interface Percentiles {
  readonly p50: number | null
  readonly p99: number | null
}

export interface StoreOverview {
  readonly connected: boolean
  /** Why it does not answer; null while it does. */
  readonly cause: string | null
  readonly latencyMs: number | null
  /** On the disk of the embedded database; null if there is none. */
  readonly diskFreeBytes: number | null
  /** Why the store refuses writes although it answers; null if it accepts them. */
  readonly cannotWrite: WriteFault | null
}

export interface OutboxOverview {
  /** Not published yet, sequenced or not. */
  readonly pending: number
  readonly unsequenced: number
  readonly oldestPendingAgeMs: number | null
  readonly dead: number
  /** Tiles that are blocked by a commit that could not be published several times. */
  readonly stuck: number
  readonly publishedPerSecond: number
  readonly failedPerSecond: number
  /** In the last minute, 0 to 1; 1 if there was no attempt. */
  readonly successRate: number
}

export interface PartitionOverview {
  readonly partition: number
  /** Host and port. */
  readonly server: string
  readonly connected: boolean
  readonly length: number
  readonly memoryBytes: number
}

export interface StreamOverview {
  readonly connected: boolean
  /** Why it does not answer; null while it does. */
  readonly cause: string | null
  readonly length: number
  readonly memoryBytes: number
  readonly persistence: 'aof' | 'rdb' | 'none' | 'embedded'
  /** Empty for a stream without partitions. */
  readonly partitions: readonly PartitionOverview[]
  /** Why the stream refuses writes although it answers; null if it accepts them. */
  readonly cannotWrite: WriteFault | null
}

export interface GroupOverview {
  readonly name: string
  readonly kind: 'broadcast' | 'projection'
  readonly consumers: number
  readonly pending: number
  readonly lag: number | null
  readonly lastDeliveredId: string
}

export interface WorkerOverview {
  readonly id: string
  readonly role: string
  readonly state: WorkerState
  /** Null for a Fresco before 0.4.0. */
  readonly version: string | null
  readonly startedAt: string
  readonly lastBeatAt: string
  readonly processed: number
  readonly failures: number
  readonly lastError: string | null
}

export interface ProcessUsage {
  /** Since its start. */
  readonly cpuMs: number
  /** Since its start. */
  readonly upMs: number
  readonly rssBytes: number
  /** The 99th percentile of the event loop's delay, of the last second or so. */
  readonly loopDelayMs: number
}

export interface ProcessOverview extends ProcessUsage {
  readonly id: string
  readonly roles: readonly string[]
}

export interface GatewayOverview {
  readonly id: string
  readonly sockets: number
  /** Tiles in its memory. */
  readonly boards: number
  readonly healedGaps: number
}

/** The kinds of downtime: the store or the stream does not answer, a process is lost, an operator has paused publishing. */
export const faultKinds = ['store', 'stream', 'workers', 'publishing'] as const
export type FaultKind = (typeof faultKinds)[number]

/** Figures of the ten seconds before `at`. */
export interface OverviewPoint {
  readonly at: string
  readonly pending: number
  readonly oldestPendingAgeMs: number | null
  readonly placed: number
  readonly published: number
  readonly emitP50: number | null
  readonly emitP99: number | null
  readonly seenP99: number | null
  /** How much of the ten seconds was downtime, by kind. */
  readonly faultMs: Readonly<Record<FaultKind, number>>
}

export interface Overview {
  readonly at: string
  /** Of the process that answers. */
  readonly version: string
  readonly mode: { readonly store: 'mongo' | 'sqlite'; readonly stream: 'redis' | 'embedded' }
  readonly store: StoreOverview
  readonly outbox: OutboxOverview
  readonly stream: StreamOverview
  readonly groups: readonly GroupOverview[]
  readonly workers: readonly WorkerOverview[]
  /** Those that run. */
  readonly processes: readonly ProcessOverview[]
  readonly gateways: readonly GatewayOverview[]
  readonly latencyMs: { readonly commitToPublish: Percentiles; readonly commitToEmit: Percentiles; readonly commitToSeen: Percentiles }
  readonly placements: { readonly perSecond: number; readonly total: number }
  readonly online: number
  readonly backups: BackupsOverview
  /** Mistakes in the setup that requests of the last ten minutes revealed. */
  readonly warnings: readonly OperatorWarning[]
  /** The last hour, oldest first; absent in the `/admin` namespace. */
  readonly history: readonly OverviewPoint[]
}
