/** The report of one process in its heartbeat. The overview merges the reports of all. Times are by the clock of the process. */
import type { OperatorWarning } from '../../lib/operator-warning.ts'
import type { ProcessUsage, WorkerState } from '../../lib/overview.ts'
import type { TimeCounts } from '../../lib/time-counts.ts'
import type { WriteFault } from '../../lib/write-fault.ts'

export interface WorkerReport {
  /** As in ROLES. */
  readonly role: string
  readonly state: Exclude<WorkerState, 'lost'>
  readonly startedAtMs: number
  readonly processed: number
  readonly failures: number
  readonly lastError: string | null
}

export interface GatewayReport {
  readonly sockets: number
  /** Sockets that have joined a canvas. */
  readonly joined: number
  readonly boards: number
  readonly healedGaps: number
}

export interface Hops<Counts> {
  readonly publish: Counts
  readonly emit: Counts
  readonly seen: Counts
}

export interface ProcessReport {
  readonly version: typeof reportVersion
  readonly workers: readonly WorkerReport[]
  readonly gateway: GatewayReport | null
  /** The version of its Fresco. A Fresco before 0.4.0 leaves it out. */
  readonly fresco?: string
  /** Another version of Fresco may leave it out. */
  readonly usage?: ProcessUsage
  /** Why its writes fail now. Another version of Fresco may leave it out. */
  readonly cannotWrite?: { readonly store: WriteFault | null; readonly stream: WriteFault | null }
  /** Another version of Fresco may leave it out. */
  readonly warnings?: readonly OperatorWarning[]
  /** The settings of its stream. Another version of Fresco may leave it out. */
  readonly stream?: string
  readonly placedTotal: number
  readonly tenSeconds: {
    readonly placed: number
    /** The same by the id of the canvas. Another version of Fresco may leave it out. */
    readonly placedOn?: Readonly<Record<string, number>>
    readonly published: number
    readonly failed: number
    readonly hops: Hops<TimeCounts>
  }
  readonly minute: { readonly published: number; readonly failed: number; readonly hops: Hops<TimeCounts> }
}

/** Changes with the shape. During a rolling update the overview skips reports of another version. */
export const reportVersion = 1

/** Null for a report of another version, or an invalid one. */
export const parseReport = (text: string): ProcessReport | null => {
  try {
    const report = JSON.parse(text) as ProcessReport | null
    return report?.version === reportVersion ? report : null
  } catch {
    return null
  }
}
