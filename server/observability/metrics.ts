/** Counts what happens in this process. `measures.ts` lists the measures. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { WarningCode } from '../../lib/operator-warning.ts'
import type { Overview } from '../../lib/overview.ts'
import type { ProblemCode } from '../../lib/refusal.ts'
import type { WriteFault } from '../../lib/write-fault.ts'
import { version } from '../version.ts'
import { createInstruments, type Instruments } from './measures.ts'
import { type Reading, readRegistry } from './readings.ts'
import { setSharedGauges } from './shared-gauges.ts'

export interface Metrics {
  readonly registry: Pick<Registry, 'metrics' | 'contentType'>
  /** The same as plain data. */
  readings(): Promise<readonly Reading[]>
  /** For parts that count by themselves. */
  readonly instruments: Instruments
  /** Adds a function that sets gauges before each reading. It must resolve in bounded time and not reject. */
  beforeReading(refresh: () => Promise<void> | void): void
  /** By outcome: `placed`, or the code of the refusal. */
  placed(outcome: string, count: number): void
  sequenced(commitAgesMs: readonly number[]): void
  appended(commitAgesMs: readonly number[]): void
  published(commitAgesMs: readonly number[]): void
  failedToPublish(): void
  emitted(commitAgesMs: readonly number[]): void
  projected(projection: string, commitAgesMs: readonly number[]): void
  /** The time from the commit to the drawn frame, as a browser reports it. */
  seen(ms: number): void
  healedGap(): void
  /** Repeated attempts to publish a commit. */
  retried(count: number): void
  deadLettered(): void
  /** A request shows a mistake in the setup. */
  warned(reason: WarningCode): void
  /** The store or the stream answers, but cannot write. */
  failedToWrite(part: 'store' | 'stream', reason: WriteFault): void
  /** A projection skips a commit. */
  passedOver(): void
  /** An outbox entry of a newer version is passed on unread. */
  unknownKind(): void
  slowClient(): void
  /** A request was refused because of the limit of its address. */
  limited(): void
  /** A request or a message of a socket was refused. */
  refused(code: ProblemCode): void
  /** `route` is the pattern of a route, and never a path. `status` is null when the connection closed before the answer. */
  answered(request: { method: string; route: string; status: number | null }): void
}

/** Values that are read with the metrics. */
export interface Gauges {
  sockets(): number
  queued(): number
  tilesInMemory(): number
  /** By where they were caught. */
  unexpectedErrors(): ReadonlyMap<string, number>
  /** Resolves in bounded time, with the last values of a part that is down. Never rejects. */
  shared(): Promise<Omit<Overview, 'history'>>
}

export const createMetrics = (gauges: Gauges): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const instruments = createInstruments(registry)
  instruments.buildInfo.set({ version }, 1)
  const refreshes: (() => Promise<void> | void)[] = [
    () => setOwnGauges(instruments, gauges),
    async () => setSharedGauges(instruments, await gauges.shared()),
  ]
  const refreshAll = async () => {
    for (const refresh of refreshes) await refresh()
  }
  return {
    registry: {
      contentType: registry.contentType,
      async metrics() {
        await refreshAll()
        return registry.metrics()
      },
    },
    async readings() {
      await refreshAll()
      return readRegistry(registry)
    },
    instruments,
    beforeReading: (refresh) => void refreshes.push(refresh),
    ...deliveryMetrics(instruments),
    ...answerMetrics(instruments),
  }
}

const setOwnGauges = (instruments: Instruments, { sockets, queued, tilesInMemory, unexpectedErrors }: Gauges) => {
  instruments.sockets.set(sockets())
  instruments.placementsQueued.set(queued())
  instruments.tilesInMemory.set(tilesInMemory())
  instruments.unexpectedErrors.reset()
  for (const [where, count] of unexpectedErrors()) instruments.unexpectedErrors.inc({ where }, count)
}

type AnswerMetrics = Pick<Metrics, 'placed' | 'limited' | 'refused' | 'answered' | 'warned' | 'failedToWrite' | 'slowClient'>

const answerMetrics = (count: Instruments): AnswerMetrics => ({
  placed: (outcome, pixels) => count.placements.inc({ outcome }, pixels),
  limited: () => count.rateLimited.inc(),
  refused: (code) => count.refusals.inc({ code }),
  answered: ({ method, route, status }) => count.httpRequests.inc({ method, route, status: status ?? 'none' }),
  warned: (reason) => count.setupWarnings.inc({ reason }),
  failedToWrite: (part, reason) => count.writeFailures.inc({ part, reason }),
  slowClient: () => count.slowClients.inc(),
})

type DeliveryCounts = Omit<Metrics, 'registry' | 'readings' | 'instruments' | 'beforeReading' | keyof AnswerMetrics>

const deliveryMetrics = (count: Instruments): DeliveryCounts => ({
  sequenced: (agesMs) => observe(count.toSequence, agesMs),
  appended: (agesMs) => observe(count.toAppend, agesMs),
  published(agesMs) {
    count.published.inc(agesMs.length)
    observe(count.toPublish, agesMs)
  },
  failedToPublish: () => count.publishFailures.inc(),
  emitted: (agesMs) => observe(count.toEmit, agesMs),
  projected: (projection, agesMs) => observe(count.toProject.labels(projection), agesMs),
  seen: (ms) => observe(count.toSeen, [ms]),
  healedGap: () => count.healedGaps.inc(),
  retried: (times) => count.publishRetries.inc(times),
  deadLettered: () => count.deadLettered.inc(),
  passedOver: () => count.passedOver.inc(),
  unknownKind: () => count.unknownEntries.inc(),
})

const observe = (hop: { observe(seconds: number): void }, agesMs: readonly number[]) => {
  for (const ageMs of agesMs) hop.observe(Math.max(0, ageMs) / 1_000)
}
