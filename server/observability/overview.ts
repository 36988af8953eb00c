/**
 * The view from inside: what `GET /api/admin/overview` answers. Store, outbox, stream and groups are those of all processes, since they
 * are read where they lie; workers, gateways, latencies and rates are this process's own.
 *
 * A part that is down is told as not connected, with what was last known of it: an overview that fails when something fails would
 * be of no use. Reads are bounded in time, and a reading is kept for a moment, so that many operators cost as much as one.
 */
import { statfs } from 'node:fs/promises'
import type { Overview, OverviewPoint, StoreOverview, StreamOverview, WorkerOverview } from '../../lib/overview.ts'
import { type Service, type ServiceHealth, sleep } from '../lifecycle.ts'
import type { Backlog, Store } from '../store/port.ts'
import type { EventStream, StreamInfo } from '../stream/port.ts'
import { RecentCount, RecentTimes } from './recent.ts'

export interface OverviewOptions {
  readonly store: Pick<Store, 'kind' | 'ping' | 'backlog'>
  readonly stream: Pick<EventStream, 'kind' | 'info'>
  /** Where the embedded database lies; null when the database is elsewhere. */
  readonly dataDir: string | null
  readonly now: () => number
  readonly process: string
  readonly workers: () => readonly (ServiceHealth & { readonly processed?: number; readonly lastBeatAtMs?: number })[]
  /** Null in a process without sockets. */
  readonly gateway: () => { readonly sockets: number; readonly boards: number; readonly online: number } | null
}

const pointEveryMs = 10_000
/** An hour of them. */
const maxPoints = 360
const answerWithinMs = 1_000
const keepMs = 500
const windowMs = 60_000
const rateSeconds = 10

const noBacklog: Backlog = { unsequenced: 0, unpublished: 0, oldestAtMs: null, dead: 0 }
const noStream: Omit<StreamInfo, 'connected'> = { length: 0, memoryBytes: 0, persistence: 'none', groups: [] }
const iso = (ms: number) => new Date(ms).toISOString()

export class OverviewKeeper implements Service {
  readonly name = 'overview'
  readonly #options: OverviewOptions
  readonly #placed = new RecentCount()
  readonly #published = new RecentCount()
  readonly #toPublish = new RecentTimes()
  readonly #toEmit = new RecentTimes()
  readonly #toSeen = new RecentTimes()
  readonly #failed = new RecentCount()
  readonly #history: OverviewPoint[] = []
  #healedGaps = 0
  #failuresSeen = 0
  #backlog: Backlog = noBacklog
  #stream = noStream
  #kept: { overview: Promise<Overview>; atMs: number } | null = null

  constructor(options: OverviewOptions) {
    this.#options = options
  }

  placed(count: number) {
    this.#placed.add(count, this.#options.now())
  }

  published(agesMs: readonly number[]) {
    const nowMs = this.#options.now()
    this.#published.add(agesMs.length, nowMs)
    for (const ageMs of agesMs) this.#toPublish.add(ageMs, nowMs)
  }

  emitted(agesMs: readonly number[]) {
    const nowMs = this.#options.now()
    for (const ageMs of agesMs) this.#toEmit.add(ageMs, nowMs)
  }

  seen(ms: number) {
    this.#toSeen.add(ms, this.#options.now())
  }

  healedGap() {
    this.#healedGaps++
  }

  async run(signal: AbortSignal) {
    while (!signal.aborted) {
      await this.step()
      await sleep(pointEveryMs, signal)
    }
  }

  /** Adds a point to the hour. */
  async step() {
    const { outbox } = await this.read()
    const nowMs = this.#options.now()
    const emit = this.#toEmit.percentiles(nowMs - pointEveryMs)
    this.#history.push({
      at: iso(nowMs),
      pending: outbox.pending,
      oldestPendingAgeMs: outbox.oldestPendingAgeMs,
      placed: this.#placed.last(rateSeconds, nowMs),
      published: this.#published.last(rateSeconds, nowMs),
      emitP50: emit.p50,
      emitP99: emit.p99,
      seenP99: this.#toSeen.percentiles(nowMs - pointEveryMs).p99,
    })
    if (this.#history.length > maxPoints) this.#history.shift()
  }

  /** Never rejects. */
  read(): Promise<Overview> {
    const nowMs = this.#options.now()
    if (!this.#kept || nowMs - this.#kept.atMs >= keepMs) this.#kept = { overview: this.#look(nowMs), atMs: nowMs }
    return this.#kept.overview
  }

  async #look(nowMs: number): Promise<Overview> {
    const [store, stream] = await Promise.all([this.#lookAtStore(), this.#lookAtStream()])
    const workers = this.#workers(nowMs)
    const failures = workers.find(({ role }) => role === 'publisher')?.failures ?? 0
    this.#failed.add(failures - this.#failuresSeen, nowMs)
    this.#failuresSeen = Math.max(failures, this.#failuresSeen)
    const { unsequenced, unpublished, oldestAtMs, dead } = this.#backlog
    const published = this.#published.last(60, nowMs)
    const failed = this.#failed.last(60, nowMs)
    const { store: database, process } = this.#options
    const gateway = this.#options.gateway()
    const sinceMs = nowMs - windowMs
    return {
      at: iso(nowMs),
      mode: { store: database.kind === 'mongo' ? 'mongo' : 'sqlite', stream: this.#options.stream.kind },
      store,
      outbox: {
        pending: unsequenced + unpublished,
        unsequenced,
        oldestPendingAgeMs: oldestAtMs === null ? null : Math.max(0, nowMs - oldestAtMs),
        dead,
        publishedPerSecond: this.#published.last(rateSeconds, nowMs) / rateSeconds,
        failedPerSecond: this.#failed.last(rateSeconds, nowMs) / rateSeconds,
        successRate: published + failed === 0 ? 1 : published / (published + failed),
      },
      stream,
      groups: this.#stream.groups,
      workers,
      gateways: gateway ? [{ id: process, sockets: gateway.sockets, boards: gateway.boards, healedGaps: this.#healedGaps }] : [],
      latencyMs: {
        commitToPublish: this.#toPublish.percentiles(sinceMs),
        commitToEmit: this.#toEmit.percentiles(sinceMs),
        commitToSeen: this.#toSeen.percentiles(sinceMs),
      },
      placements: { perSecond: this.#placed.last(rateSeconds, nowMs) / rateSeconds, total: this.#placed.total },
      online: gateway?.online ?? 0,
      history: [...this.#history],
    }
  }

  async #lookAtStore(): Promise<StoreOverview> {
    const { store, dataDir } = this.#options
    const startedAt = performance.now()
    const isThere = await inTime(store.ping())
    const latencyMs = isThere ? performance.now() - startedAt : null
    const backlog = isThere ? await inTime(store.backlog()) : null
    if (backlog) this.#backlog = backlog.value
    const disk = dataDir === null ? null : await inTime(statfs(dataDir))
    return { connected: isThere !== null, latencyMs, diskFreeBytes: disk && disk.value.bavail * disk.value.bsize }
  }

  async #lookAtStream(): Promise<StreamOverview> {
    const info = await inTime(this.#options.stream.info())
    if (info) this.#stream = info.value
    const { length, memoryBytes, persistence } = this.#stream
    return { connected: info?.value.connected === true, length, memoryBytes, persistence }
  }

  #workers(nowMs: number): WorkerOverview[] {
    return this.#options.workers().map(({ name, state, startedAtMs, failures, lastError, processed = 0, lastBeatAtMs }) => ({
      id: `${this.#options.process}-${name}`,
      role: name,
      state,
      startedAt: iso(startedAtMs),
      lastBeatAt: iso(lastBeatAtMs ?? nowMs),
      processed,
      failures,
      lastError,
    }))
  }
}

/** Null when it failed, or did not answer in time. */
const inTime = async <Value>(answer: Promise<Value>): Promise<{ value: Value } | null> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), answerWithinMs)
  })
  try {
    return await Promise.race([answer.then((value) => ({ value })), late])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
