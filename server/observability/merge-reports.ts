/** Merges the reports of all processes: adds up counts, merges latencies, lists workers and gateways. */
import { type OperatorWarning, warningCodes } from '../../lib/operator-warning.ts'
import type { Percentiles, WorkerOverview } from '../../lib/overview.ts'
import { addCounts, percentilesOf, type TimeCounts } from '../../lib/time-counts.ts'
import type { Heartbeat } from '../store/membership-port.ts'
import type { Hops, ProcessReport } from './process-report.ts'

export interface Member {
  readonly heartbeat: Pick<Heartbeat, 'id' | 'atMs'>
  readonly report: ProcessReport
}

const iso = (ms: number) => new Date(ms).toISOString()
const sumOf = <Item>(items: readonly Item[], read: (item: Item) => number) => items.reduce((sum, item) => sum + read(item), 0)

const roleOrder = ['web', 'publisher', 'projector']
/** The order of the rows is the same in every process. */
const byRole = (one: WorkerOverview, other: WorkerOverview) =>
  roleOrder.indexOf(one.role) - roleOrder.indexOf(other.role) || one.id.localeCompare(other.id)

/** A missing process contributes only its totals. */
export const mergeReports = ({ alive, missing }: { alive: readonly Member[]; missing: readonly Member[] }) => {
  const reports = alive.map(({ report }) => report)
  const sum = (read: (report: ProcessReport) => number) => sumOf(reports, read)
  const percentiles = (read: (report: ProcessReport) => TimeCounts): Percentiles => percentilesOf(addCounts(reports.map(read)))
  const minute = (hop: keyof Hops<TimeCounts>) => percentiles((report) => report.minute.hops[hop])
  const faultIn = (part: 'store' | 'stream') =>
    reports.map((report) => report.cannotWrite?.[part] ?? null).find((reason) => reason !== null) ?? null
  const emit = percentiles(({ tenSeconds }) => tenSeconds.hops.emit)
  const [placed, published] = [sum(({ tenSeconds }) => tenSeconds.placed), sum(({ tenSeconds }) => tenSeconds.published)]
  const tried = sum((report) => report.minute.published + report.minute.failed)
  return {
    workers: [...alive.flatMap((member) => workersOf(member)), ...missing.flatMap((member) => workersOf(member, 'lost'))].sort(byRole),
    processes: alive.flatMap(({ heartbeat: { id }, report: { usage, workers } }) =>
      usage ? { id, roles: workers.map(({ role }) => role), ...usage } : [],
    ),
    gateways: alive.flatMap(({ heartbeat, report: { gateway } }) => {
      if (!gateway) return []
      const { sockets, boards, healedGaps } = gateway
      return { id: heartbeat.id, sockets, boards, healedGaps }
    }),
    warnings: mergeWarnings(reports.flatMap(({ warnings }) => warnings ?? [])),
    /** The different versions of Fresco. */
    versions: [...new Set(reports.map(({ fresco }) => fresco ?? 'an older version'))].sort(),
    /** The different settings of the stream. */
    streams: [...new Set(reports.flatMap(({ stream }) => stream ?? []))],
    cannotWrite: { store: faultIn('store'), stream: faultIn('stream') },
    rates: {
      publishedPerSecond: published / 10,
      failedPerSecond: sum(({ tenSeconds }) => tenSeconds.failed) / 10,
      successRate: tried === 0 ? 1 : sum((report) => report.minute.published) / tried,
    },
    latencyMs: { commitToPublish: minute('publish'), commitToEmit: minute('emit'), commitToSeen: minute('seen') },
    placements: { perSecond: placed / 10, total: sumOf([...alive, ...missing], ({ report }) => report.placedTotal) },
    online: sum(({ gateway }) => gateway?.joined ?? 0),
    point: {
      placed,
      published,
      emitP50: emit.p50,
      emitP99: emit.p99,
      seenP99: percentiles(({ tenSeconds }) => tenSeconds.hops.seen).p99,
    },
  }
}

/** Of each canvas that somebody painted on. Null while a process does not report them. */
export const mergePlacedOn = (reports: readonly ProcessReport[]): ReadonlyMap<string, number> | null => {
  const perSecond = new Map<string, number>()
  for (const { tenSeconds } of reports) {
    if (!tenSeconds.placedOn) return null
    for (const [canvas, placed] of Object.entries(tenSeconds.placedOn)) perSecond.set(canvas, (perSecond.get(canvas) ?? 0) + placed / 10)
  }
  return perSecond
}

export type Merged = ReturnType<typeof mergeReports>

const workersOf = ({ heartbeat, report }: Member, lost?: 'lost'): WorkerOverview[] =>
  report.workers.map(({ role, state, startedAtMs, processed, failures, lastError }) => ({
    id: `${role}-${heartbeat.id}`,
    role,
    state: lost ?? state,
    version: report.fresco ?? null,
    startedAt: iso(startedAtMs),
    lastBeatAt: iso(heartbeat.atMs),
    processed,
    failures,
    lastError,
  }))

/** One for each code: the newest, with the sum of the counts. */
const mergeWarnings = (all: readonly OperatorWarning[]): OperatorWarning[] =>
  warningCodes.flatMap((code) => {
    const same = all.filter((warning) => warning.code === code).sort((one, other) => other.lastAt.localeCompare(one.lastAt))
    const [newest] = same
    return newest ? [{ ...newest, count: sumOf(same, ({ count }) => count) }] : []
  })
