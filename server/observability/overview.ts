/**
 * Makes the answer to `GET /api/admin/overview`, the same in every process: it reads store, outbox, stream and groups, and merges the
 * reports of the other processes with its own.
 *
 * A part that is down is shown as not connected, with its last values. Reads are bounded in time and size, and a reading is kept
 * for a moment, so that many operators cost as much as one.
 */
import { statfs } from 'node:fs/promises'
import type { Overview, StoreOverview, StreamOverview } from '../../lib/overview.ts'
import { type Service, sleep } from '../lifecycle.ts'
import type { Heartbeat, HeartbeatWithReport } from '../store/membership-port.ts'
import type { Backlog, Store } from '../store/port.ts'
import type { EventStream, StreamInfo } from '../stream/port.ts'
import { DowntimeClock } from './downtime.ts'
import type { Members } from './members.ts'
import { type Member, type Merged, mergeReports } from './merge-reports.ts'
import { OverviewHistory, placeOf } from './overview-history.ts'
import { type ProcessReport, parseReport } from './process-report.ts'
import { lostMembers } from './replaced-members.ts'
import { createSingleFlightProbe } from './single-flight-probe.ts'

export interface OverviewOptions {
  readonly store: Pick<Store, 'kind' | 'ping' | 'backlog' | 'listStuck' | 'readReports' | 'savePoint' | 'readPoints'>
  readonly stream: Pick<EventStream, 'kind' | 'info' | 'ping'>
  /** Where the embedded database lies; null when the database is elsewhere. */
  readonly dataDir: string | null
  readonly now: () => number
  /** For what lasts: it is never set back. */
  readonly monotonicNow: () => number
  /** This process: its id as in its heartbeat, and its report. */
  readonly self: { readonly id: string; readonly report: () => ProcessReport }
  readonly members: Pick<Members, 'living' | 'lost'>
  readonly isPaused: () => boolean
}

/** The overview, and what of it goes into the hour's next point. */
interface Look {
  readonly overview: Omit<Overview, 'history'>
  readonly point: Merged['point']
}

const lookEveryMs = 1_000
const keepMs = 500

/** A commit that was tried several times in vain is older than this. */
const stuckAfterMs = 1_000
const maxStuck = 1_000
const noBacklog: Backlog = { unsequenced: 0, unpublished: 0, oldestAtMs: null, dead: 0 }
const noStream: Omit<StreamInfo, 'connected'> = { length: 0, memoryBytes: 0, persistence: 'none', groups: [], partitions: [] }

export class OverviewKeeper implements Service {
  readonly name = 'overview'
  readonly #options: OverviewOptions
  readonly #history: OverviewHistory
  readonly #faults = new DowntimeClock()
  readonly #ask
  /** Up to which the points are made. */
  #placeMs: number
  #backlog: Backlog = noBacklog
  #stuck = 0
  #stream = noStream
  #told: readonly HeartbeatWithReport[] = []
  #kept: { look: Promise<Look>; atMs: number } | null = null

  constructor(options: OverviewOptions) {
    this.#options = options
    this.#placeMs = placeOf(options.now())
    const { store, stream, dataDir } = options
    this.#history = new OverviewHistory(store)
    this.#ask = {
      ping: createSingleFlightProbe(() => store.ping()),
      pingStream: createSingleFlightProbe(() => stream.ping()),
      backlog: createSingleFlightProbe(() => store.backlog()),
      stuck: createSingleFlightProbe(() => store.listStuck({ limit: maxStuck })),
      reports: createSingleFlightProbe(() => store.readReports()),
      stream: createSingleFlightProbe(() => stream.info()),
      disk: createSingleFlightProbe(async () => dataDir && (await statfs(dataDir))),
    }
  }

  /** Reads the hour that others left; before anybody is answered. Never rejects. */
  load() {
    return this.#history.load()
  }

  async run(signal: AbortSignal) {
    while (!signal.aborted) {
      await this.step()
      await sleep(lookEveryMs, signal)
    }
  }

  /** Notes once a second which parts are down, and adds a point to the hour when one is due. Never rejects. */
  async step() {
    const { now, monotonicNow, isPaused } = this.#options
    const [store, stream] = await Promise.all([this.#ask.ping(), this.#ask.pingStream()])
    const { cannotWrite } = this.#options.self.report()
    const isDown = {
      store: !store || Boolean(cannotWrite?.store),
      stream: !stream || Boolean(cannotWrite?.stream),
      workers: this.#missing().length > 0,
      publishing: isPaused(),
    }
    this.#faults.tick(isDown, monotonicNow())
    const placeMs = placeOf(now())
    if (placeMs === this.#placeMs) return
    this.#placeMs = placeMs
    const { overview, point } = await this.#look(now())
    const { pending, oldestPendingAgeMs } = overview.outbox
    await this.#history.add({ pending, oldestPendingAgeMs, ...point, faultMs: this.#faults.take() }, placeMs)
  }

  /** Never rejects. */
  async read(): Promise<Overview> {
    const nowMs = this.#options.now()
    const atMs = this.#options.monotonicNow()
    if (!this.#kept || atMs - this.#kept.atMs >= keepMs) this.#kept = { look: this.#look(nowMs), atMs }
    return { ...(await this.#kept.look).overview, history: this.#history.points(nowMs) }
  }

  async #look(nowMs: number): Promise<Look> {
    const [store, stream, told] = await Promise.all([this.#lookAtStore(), this.#lookAtStream(), this.#ask.reports()])
    if (told) this.#told = told.value
    const { point, rates, cannotWrite, ...merged } = mergeReports(this.#members())
    const { unsequenced, unpublished, oldestAtMs, dead } = this.#backlog
    const overview = {
      at: new Date(nowMs).toISOString(),
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
      ...merged,
    }
    return { overview, point }
  }

  #missing(): Heartbeat[] {
    const { members } = this.#options
    return lostMembers({ living: members.living(), lost: members.lost() })
  }

  /** This process as it is now, the others as they told. */
  #members(): { living: Member[]; missing: Member[] } {
    const { self: me, now, members } = this.#options
    const { id } = me
    const reports = new Map(this.#told.map((sign) => [sign.id, sign]))
    const membersOf = (signs: readonly Heartbeat[]) =>
      signs.flatMap(({ id: other }): Member[] => {
        const sign = other === id ? undefined : reports.get(other)
        const report = sign ? parseReport(sign.report) : null
        return sign && report ? [{ sign, report }] : []
      })
    const self = { sign: { id, atMs: now() }, report: me.report() }
    const living = [self, ...membersOf(members.living())].sort((a, b) => a.sign.id.localeCompare(b.sign.id))
    return { living, missing: membersOf(this.#missing()) }
  }

  async #lookAtStore(): Promise<Omit<StoreOverview, 'cannotWrite'>> {
    const startedAt = performance.now()
    const isThere = await this.#ask.ping()
    const latencyMs = isThere ? performance.now() - startedAt : null
    const backlog = isThere ? await this.#ask.backlog() : null
    if (backlog) {
      this.#backlog = backlog.value
      this.#stuck = await this.#countStuck(backlog.value)
    }
    const disk = (await this.#ask.disk())?.value
    return { connected: isThere !== null, latencyMs, diskFreeBytes: disk ? disk.bavail * disk.bsize : null }
  }

  /** Looks only when something is old enough. */
  async #countStuck({ oldestAtMs }: Backlog): Promise<number> {
    if (oldestAtMs === null || this.#options.now() - oldestAtMs < stuckAfterMs) return 0
    return (await this.#ask.stuck())?.value.length ?? this.#stuck
  }

  async #lookAtStream(): Promise<Omit<StreamOverview, 'cannotWrite'>> {
    const info = await this.#ask.stream()
    if (info) this.#stream = info.value
    const { length, memoryBytes, persistence, partitions } = this.#stream
    return { connected: info?.value.connected === true, length, memoryBytes, persistence, partitions }
  }
}
