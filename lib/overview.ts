/**
 * What an operator sees of the inside: `GET /api/admin/overview`, and the same without `history` each second over the `/admin`
 * namespace. Shapes are PROTOCOL.md's. Times are ISO 8601 UTC; a latency or age is null while nothing was measured.
 */

import type { OperatorWarning } from './operator-warning.ts'
import type { WriteFault } from './write-fault.ts'

export type WorkerState = 'running' | 'backing_off' | 'stopped' | 'lost'

export interface Percentiles {
  readonly p50: number | null
  readonly p99: number | null
}

export interface StoreOverview {
  readonly connected: boolean
  readonly latencyMs: number | null
  /** Where the embedded database lies; null when the database is elsewhere. */
  readonly diskFreeBytes: number | null
  /** Why it takes no writes although it answers; null while it takes them. */
  readonly cannotWrite: WriteFault | null
}

export interface OutboxOverview {
  /** Not published yet, sequenced or not. */
  readonly pending: number
  readonly unsequenced: number
  readonly oldestPendingAgeMs: number | null
  readonly dead: number
  /** Tiles that are held up by a commit that could not be published several times. */
  readonly stuck: number
  readonly publishedPerSecond: number
  readonly failedPerSecond: number
  /** Of the last minute, 0 to 1; 1 when nothing was tried. */
  readonly successRate: number
}

export interface StreamOverview {
  readonly connected: boolean
  readonly length: number
  readonly memoryBytes: number
  readonly persistence: 'aof' | 'rdb' | 'none' | 'embedded'
  /** Why it takes no writes although it answers; null while it takes them. */
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
  readonly startedAt: string
  readonly lastBeatAt: string
  readonly processed: number
  readonly failures: number
  readonly lastError: string | null
}

export interface GatewayOverview {
  readonly id: string
  readonly sockets: number
  /** Tiles that are in its memory. */
  readonly boards: number
  readonly healedGaps: number
}

/** The kinds of downtime: the store or the stream does not answer, a process is lost, an operator has paused publishing. */
export const faultKinds = ['store', 'stream', 'workers', 'publishing'] as const
export type FaultKind = (typeof faultKinds)[number]

/** The ten seconds before `at`. */
export interface OverviewPoint {
  readonly at: string
  readonly pending: number
  readonly oldestPendingAgeMs: number | null
  /** In these ten seconds. */
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
  readonly mode: { readonly store: 'mongo' | 'sqlite'; readonly stream: 'redis' | 'embedded' }
  readonly store: StoreOverview
  readonly outbox: OutboxOverview
  readonly stream: StreamOverview
  readonly groups: readonly GroupOverview[]
  readonly workers: readonly WorkerOverview[]
  readonly gateways: readonly GatewayOverview[]
  readonly latencyMs: { readonly commitToPublish: Percentiles; readonly commitToEmit: Percentiles; readonly commitToSeen: Percentiles }
  readonly placements: { readonly perSecond: number; readonly total: number }
  readonly online: number
  /** What requests of the last ten minutes show about mistakes in the setup. */
  readonly warnings: readonly OperatorWarning[]
  /** The last hour, oldest first; absent in the `/admin` namespace. */
  readonly history: readonly OverviewPoint[]
}
