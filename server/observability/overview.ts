/**
 * Makes the answer to `GET /api/admin/overview`, the same in every process: it reads store, outbox, stream and groups, and merges the
 * reports of the other processes with its own.
 *
 * A part that is down is shown as not connected, with its last values. Reads are bounded in time and size, and a reading is kept
 * for a moment, so that many operators cost as much as one.
 */
import { statfs } from 'node:fs/promises'
import { type BackupsOverview, noBackupsOverview } from '../../lib/backups.ts'
import type { Overview, StoreOverview, StreamOverview } from '../../lib/overview.ts'
import type { Clock } from '../clock.ts'
import { type Service, sleep } from '../lifecycle.ts'
import type { Heartbeat, HeartbeatWithReport } from '../store/membership-port.ts'
import type { Backlog, Store } from '../store/port.ts'
import type { EventStream, StreamInfo } from '../stream/port.ts'
import { version } from '../version.ts'
import { DowntimeClock } from './downtime.ts'
import type { Logger } from './log.ts'
import type { Members } from './members.ts'
import { type Member, type Merged, mergePlacedOn, mergeReports } from './merge-reports.ts'
import { OverviewHistory, pointEndOf } from './overview-history.ts'
import { PartProbe } from './part-probe.ts'
import { type ProcessReport, parseReport } from './process-report.ts'
import { lostMembers } from './replaced-members.ts'
import { createSingleFlightProbe } from './single-flight-probe.ts'

export interface OverviewOptions {
  readonly store: Pick<Store, 'kind' | 'ping' | 'backlog' | 'listStuck' | 'readReports' | 'savePoint' | 'readPoints'>
  readonly stream: Pick<EventStream, 'kind' | 'info' | 'ping'>
  /** The folder of the embedded database; null without one. */
  readonly dataDir: string | null
  readonly clock: Clock
  readonly logger: Pick<Logger, 'error' | 'info'>
  readonly processes: {
    /** The id of this process's heartbeat, and its report. */
    readonly self: { readonly id: string; readonly report: () => ProcessReport }
    readonly members: Pick<Members, 'alive' | 'lost'>
  }
  /** What an operator or a schedule has set, for all processes. */
  readonly shared: { readonly isPaused: () => boolean; readonly backups: () => Promise<BackupsOverview> }
  /** Called every ten seconds with the different versions of the processes, and their different settings for the stream. */
  readonly onDifferences?: (differences: Differences) => void
}

export type Differences = Pick<Merged, 'versions' | 'streams'>

/** An overview, and its part of the next point. */
interface Reading {
  readonly overview: Omit<Overview, 'history'>
  readonly point: Merged['point']
  readonly differences: Differences
}

const readEveryMs = 1_000
const keepMs = 500

/** A commit with several failed attempts is older than this. */
const stuckAfterMs = 1_000
const maxStuck = 1_000
const noBacklog: Backlog = { unsequenced: 0, unpublished: 0, oldestAtMs: null, dead: 0 }
const noStream: Omit<StreamInfo, 'connected'> = { length: 0, memoryBytes: 0, persistence: 'none', groups: [], partitions: [] }

export class OverviewKeeper implements Service {
  readonly name = 'overview'
  readonly #options: OverviewOptions
  readonly #history: OverviewHistory
  readonly #faults = new DowntimeClock()
  readonly #parts: { readonly store: PartProbe; readonly stream: PartProbe }
  readonly #ask
  /** The end of the last point. */
  #pointMs: number
  #backlog: Backlog = noBacklog
  #stuck = 0
  /** Of the last reading that failed: a ping needs fewer rights. */
  #streamFault: string | null = null
  #stream = noStream
  #backups: BackupsOverview = noBackupsOverview
  #reports: readonly HeartbeatWithReport[] = []
  #kept: { reading: Promise<Reading>; atMs: number } | null = null

  constructor(options: OverviewOptions) {
    this.#options = options
    const { store, stream, dataDir, clock, logger, shared } = options
    const { monotonicNow } = clock
    this.#pointMs = pointEndOf(clock.now())
    this.#parts = {
      store: new PartProbe({ part: 'store', ping: () => store.ping(), logger, monotonicNow }),
      stream: new PartProbe({ part: 'stream', ping: () => stream.ping(), logger, monotonicNow }),
    }
    this.#history = new OverviewHistory(store)
    this.#ask = {
      backlog: createSingleFlightProbe(() => store.backlog()),
      stuck: createSingleFlightProbe(() => store.listStuck({ limit: maxStuck })),
      reports: createSingleFlightProbe(() => store.readReports()),
      stream: createSingleFlightProbe(() =>
        stream.info().catch((error: unknown) => {
          this.#streamFault = error instanceof Error ? error.message : null
          throw error
        }),
      ),
      backups: createSingleFlightProbe(() => shared.backups()),
      disk: createSingleFlightProbe(async () => dataDir && (await statfs(dataDir))),
    }
  }

  /** Reads the history of the last hour. Call it before the first `read`. Never rejects. */
  load() {
    return this.#history.load()
  }

  async run(signal: AbortSignal) {
    while (!signal.aborted) {
      await this.step()
      await sleep(readEveryMs, signal)
    }
  }

  /** Notes once a second which parts are down, and adds a point to the hour when one is due. Never rejects. */
  async step() {
    const { clock, shared } = this.#options
    const [store, stream] = await Promise.all([this.#parts.store.isThere(), this.#parts.stream.isThere()])
    const { cannotWrite } = this.#options.processes.self.report()
    const isDown = {
      store: !store || Boolean(cannotWrite?.store),
      stream: !stream || Boolean(cannotWrite?.stream),
      workers: this.#missing().length > 0,
      publishing: shared.isPaused(),
    }
    this.#faults.tick(isDown, clock.monotonicNow())
    const pointMs = pointEndOf(clock.now())
    if (pointMs === this.#pointMs) return
    this.#pointMs = pointMs
    const { overview, point, differences } = await this.#read(clock.now())
    this.#options.onDifferences?.(differences)
    const { pending, oldestPendingAgeMs } = overview.outbox
    await this.#history.add({ pending, oldestPendingAgeMs, ...point, faultMs: this.#faults.take() }, pointMs)
  }

  /** Never rejects. */
  async read(): Promise<Overview> {
    const nowMs = this.#options.clock.now()
    const atMs = this.#options.clock.monotonicNow()
    if (!this.#kept || atMs - this.#kept.atMs >= keepMs) this.#kept = { reading: this.#read(nowMs), atMs }
    return { ...(await this.#kept.reading).overview, history: this.#history.points(nowMs) }
  }

  /** The pixels per second of each canvas that somebody paints on, over all processes. Null while they are unknown. Never rejects. */
  async placedPerSecond(): Promise<ReadonlyMap<string, number> | null> {
    const reports = await this.#ask.reports()
    if (!reports) return null
    this.#reports = reports.value
    return mergePlacedOn(this.#members().alive.map(({ report }) => report))
  }

  async #read(nowMs: number): Promise<Reading> {
    const [store, stream, reports, backups] = await Promise.all([
      this.#readStore(),
      this.#readStream(),
      this.#ask.reports(),
      this.#ask.backups(),
    ])
    if (backups) this.#backups = backups.value
    if (reports) this.#reports = reports.value
    const { point, versions, streams, rates, cannotWrite, ...merged } = mergeReports(this.#members())
    const { unsequenced, unpublished, oldestAtMs, dead } = this.#backlog
    const overview = {
      at: new Date(nowMs).toISOString(),
      version,
      mode: { store: this.#options.store.kind === 'mongo' ? ('mongo' as const) : ('sqlite' as const), stream: this.#options.stream.kind },
      store: { ...store, cannotWrite: cannotWrite.store },
      outbox: {
        pending: unsequenced + unpublished,
        unsequenced,
        oldestPendingAgeMs: oldestAtMs === null ? null : Math.max(0, nowMs - oldestAtMs),
        dead,
        stuck: this.#stuck,
        ...rates,
      },
      stream: { ...stream, cannotWrite: cannotWrite.stream },
      groups: this.#stream.groups,
      backups: this.#backups,
      ...merged,
    }
    return { overview, point, differences: { versions, streams } }
  }

  #missing(): Heartbeat[] {
    const { members } = this.#options.processes
    return lostMembers({ alive: members.alive(), lost: members.lost() })
  }

  /** This process with its current report, and the others with their last reports. */
  #members(): { alive: Member[]; missing: Member[] } {
    const { clock } = this.#options
    const { self: me, members } = this.#options.processes
    const { id } = me
    const reports = new Map(this.#reports.map((one) => [one.id, one]))
    const membersOf = (heartbeats: readonly Heartbeat[]) =>
      heartbeats.flatMap(({ id: other }): Member[] => {
        const heartbeat = other === id ? undefined : reports.get(other)
        const report = heartbeat ? parseReport(heartbeat.report) : null
        return heartbeat && report ? [{ heartbeat, report }] : []
      })
    const self = { heartbeat: { id, atMs: clock.now() }, report: me.report() }
    const alive = [self, ...membersOf(members.alive())].sort((a, b) => a.heartbeat.id.localeCompare(b.heartbeat.id))
    return { alive, missing: membersOf(this.#missing()) }
  }

  async #readStore(): Promise<Omit<StoreOverview, 'cannotWrite'>> {
    const startedAt = performance.now()
    const connected = await this.#parts.store.isThere()
    const latencyMs = connected ? performance.now() - startedAt : null
    const backlog = connected ? await this.#ask.backlog() : null
    if (backlog) {
      this.#backlog = backlog.value
      this.#stuck = await this.#countStuck(backlog.value)
    }
    const disk = (await this.#ask.disk())?.value
    return { connected, cause: this.#parts.store.cause, latencyMs, diskFreeBytes: disk ? disk.bavail * disk.bsize : null }
  }

  /** Queries only when a commit is old enough. */
  async #countStuck({ oldestAtMs }: Backlog): Promise<number> {
    if (oldestAtMs === null || this.#options.clock.now() - oldestAtMs < stuckAfterMs) return 0
    return (await this.#ask.stuck())?.value.length ?? this.#stuck
  }

  async #readStream(): Promise<Omit<StreamOverview, 'cannotWrite'>> {
    this.#streamFault = null
    const info = await this.#ask.stream()
    if (info) this.#stream = info.value
    const { length, memoryBytes, persistence, partitions } = this.#stream
    const connected = info?.value.connected === true
    const away = partitions.filter((one) => !one.connected).map(({ partition, server }) => `partition ${partition} at ${server}`)
    const cause = connected ? null : (this.#parts.stream.cause ?? (away.join(', ') || (this.#streamFault ?? 'no answer within a second')))
    return { connected, cause, length, memoryBytes, persistence, partitions }
  }
}
