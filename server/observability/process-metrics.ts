/** Counts and latencies of this process, and the report of them that its heartbeat carries. */
import type { CanvasId } from '../../lib/brand.ts'
import type { OperatorWarning } from '../../lib/operator-warning.ts'
import type { ProcessUsage } from '../../lib/overview.ts'
import { version } from '../version.ts'
import { type GatewayReport, type ProcessReport, reportVersion, type WorkerReport } from './process-report.ts'
import { RecentCount, RecentTimes } from './recent.ts'

export interface ProcessMetricsOptions {
  /** For time windows. */
  readonly monotonicNow: () => number
  readonly workers: () => readonly WorkerReport[]
  readonly cannotWrite?: () => NonNullable<ProcessReport['cannotWrite']>
  readonly warnings?: () => readonly OperatorWarning[]
  readonly stream?: string
  readonly usage?: () => ProcessUsage
  /** Null in a process without sockets. */
  readonly gateway: () => Omit<GatewayReport, 'healedGaps'> | null
}

export class ProcessMetrics {
  readonly #options: ProcessMetricsOptions
  readonly #placed = new RecentCount()
  /** Of the last minute, for the canvases that somebody painted on. */
  readonly #placedOn = new Map<CanvasId, RecentCount>()
  readonly #published = new RecentCount()
  readonly #failed = new RecentCount()
  readonly #hops = { publish: new RecentTimes(), emit: new RecentTimes(), seen: new RecentTimes() }
  #emitted = 0
  #healedGaps = 0

  constructor(options: ProcessMetricsOptions) {
    this.#options = options
  }

  /** Commits that left this gateway since its start. */
  get emittedTotal() {
    return this.#emitted
  }

  placed(count: number, canvas: CanvasId) {
    const nowMs = this.#options.monotonicNow()
    this.#placed.add(count, nowMs)
    const placedOn = this.#placedOn.get(canvas) ?? new RecentCount()
    this.#placedOn.set(canvas, placedOn)
    placedOn.add(count, nowMs)
  }

  published(agesMs: readonly number[]) {
    const nowMs = this.#options.monotonicNow()
    this.#published.add(agesMs.length, nowMs)
    for (const ageMs of agesMs) this.#hops.publish.add(ageMs, nowMs)
  }

  failedToPublish() {
    this.#failed.add(1, this.#options.monotonicNow())
  }

  emitted(agesMs: readonly number[]) {
    const nowMs = this.#options.monotonicNow()
    this.#emitted += agesMs.length
    for (const ageMs of agesMs) this.#hops.emit.add(ageMs, nowMs)
  }

  seen(ms: number) {
    this.#hops.seen.add(ms, this.#options.monotonicNow())
  }

  healedGap() {
    this.#healedGaps++
  }

  report(): ProcessReport {
    const nowMs = this.#options.monotonicNow()
    const gateway = this.#options.gateway()
    const last = (seconds: number) => ({
      published: this.#published.last(seconds, nowMs),
      failed: this.#failed.last(seconds, nowMs),
      hops: {
        publish: this.#hops.publish.last(seconds, nowMs),
        emit: this.#hops.emit.last(seconds, nowMs),
        seen: this.#hops.seen.last(seconds, nowMs),
      },
    })
    return {
      version: reportVersion,
      fresco: version,
      workers: this.#options.workers(),
      gateway: gateway && { ...gateway, healedGaps: this.#healedGaps },
      ...(this.#options.cannotWrite && { cannotWrite: this.#options.cannotWrite() }),
      ...(this.#options.usage && { usage: this.#options.usage() }),
      ...(this.#options.warnings && { warnings: this.#options.warnings() }),
      ...(this.#options.stream !== undefined && { stream: this.#options.stream }),
      placedTotal: this.#placed.total,
      tenSeconds: { ...last(10), placed: this.#placed.last(10, nowMs), placedOn: this.#placedOnLast(10, nowMs) },
      minute: last(60),
    }
  }
  #placedOnLast(seconds: number, nowMs: number): Record<string, number> {
    for (const [canvas, placed] of this.#placedOn) if (placed.isOld(nowMs)) this.#placedOn.delete(canvas)
    return Object.fromEntries([...this.#placedOn].map(([canvas, placed]) => [canvas, placed.last(seconds, nowMs)]))
  }
}
