/**
 * The metrics for Prometheus, with times in seconds. `shared-gauges.ts` has the gauges that have the same value in every process.
 *
 * Counters and histograms count only this process. In queries, take the sum of these and the maximum of the shared gauges.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { WarningCode } from '../../lib/operator-warning.ts'
import type { Overview } from '../../lib/overview.ts'
import type { WriteFault } from '../../lib/write-fault.ts'
import { addSharedGauges } from './shared-gauges.ts'

const hopSeconds = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]

export interface Metrics {
  readonly registry: Pick<Registry, 'metrics' | 'contentType'>
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
}

/** Values that are read when Prometheus scrapes. */
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
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  addOwnGauges(registers, gauges)
  const refresh = addSharedGauges(registers, gauges.shared)
  return {
    registry: {
      contentType: registry.contentType,
      async metrics() {
        await refresh()
        return registry.metrics()
      },
    },
    ...deliveryMetrics(registers),
    ...refusalMetrics(registers, gauges.unexpectedErrors),
  }
}

const addOwnGauges = (registers: Registry[], { sockets, queued, tilesInMemory }: Gauges) => {
  const gauge = (name: string, help: string, read: () => number) => {
    const added: Gauge = new Gauge({ name, help, registers, collect: () => added.set(read()) })
  }
  gauge('fresco_sockets', 'Sockets connected to this gateway.', sockets)
  gauge('fresco_placements_queued', 'Placements waiting to be saved.', queued)
  gauge('fresco_tiles_in_memory', 'Boards that this gateway keeps up to date.', tilesInMemory)
}

const counterIn =
  (registers: Registry[]) =>
  <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter<Label>({ name, help, labelNames, registers })

type RefusalMetrics = Pick<Metrics, 'placed' | 'limited' | 'warned' | 'failedToWrite' | 'slowClient'>

/** Answers, refusals and disconnections. */
const refusalMetrics = (registers: Registry[], unexpectedErrors: Gauges['unexpectedErrors']): RefusalMetrics => {
  const counter = counterIn(registers)
  const placed = counter(
    'fresco_placements_total',
    'Placements answered, by outcome: placed, or the code of the refusal (cooldown, rate_limited, overloaded, unavailable, …).',
    ['outcome'],
  )
  const limited = counter('fresco_rate_limited_requests_total', 'Requests refused because of the limit of their address.')
  const warned = counter(
    'fresco_setup_warnings_total',
    'How often a mistake in the setup showed, by reason: websocket_not_upgraded, no_public_url, foreign_origin, forwarded_for_missing, …',
    ['reason'],
  )
  const notWritten = counter(
    'fresco_write_failures_total',
    'Writes that the store or the stream refused although it answers, by part and reason: disk_full, quota, read_only, out_of_memory, …',
    ['part', 'reason'],
  )
  const slow = counter('fresco_slow_clients_total', 'Sockets cut off because they did not read.')
  const unexpected = new Counter({
    name: 'fresco_unexpected_errors_total',
    help: 'Errors that no code handles, by where they were caught. Each has a line in the log, with its stack.',
    labelNames: ['where'],
    registers,
    collect() {
      unexpected.reset()
      for (const [where, count] of unexpectedErrors()) unexpected.inc({ where }, count)
    },
  })
  return {
    placed: (outcome, count) => placed.inc({ outcome }, count),
    limited: () => limited.inc(),
    warned: (reason) => warned.inc({ reason }),
    failedToWrite: (part, reason) => notWritten.inc({ part, reason }),
    slowClient: () => slow.inc(),
  }
}

/** The steps of a pixel after its commit. */
const deliveryMetrics = (registers: Registry[]): Omit<Metrics, 'registry' | keyof RefusalMetrics> => {
  const counter = counterIn(registers)
  /** The time since the commit of a placement. */
  const hop = <Label extends string = never>(name: string, to: string, labelNames: readonly Label[] = []) =>
    new Histogram<Label>({ name, help: `From the commit of a placement to ${to}.`, labelNames, buckets: hopSeconds, registers })
  const sequenced = hop('fresco_commit_to_sequence_seconds', 'its seq')
  const appended = hop('fresco_commit_to_append_seconds', 'its entry in the stream')
  const marked = hop('fresco_commit_to_publish_seconds', 'its mark as published')
  const emitted = hop('fresco_commit_to_emit_seconds', 'its frame leaving this gateway')
  const seen = hop('fresco_commit_to_seen_seconds', 'the drawn frame, as browsers report it')
  const projected = hop('fresco_commit_to_project_seconds', 'its projection', ['projection'])
  const published = counter('fresco_published_commits_total', 'Commits that this process published.')
  const failed = counter('fresco_publish_failures_total', 'Rounds of publishing that failed; each is tried again.')
  const retried = counter('fresco_publish_retries_total', 'Repeated attempts to publish a commit.')
  const deadLettered = counter('fresco_dead_lettered_total', 'Commits that this process moved to the dead letters.')
  const healed = counter('fresco_healed_gaps_total', 'Gaps that this gateway closed from the store.')
  const skipped = counter('fresco_projection_passed_over_total', 'Commits that a projection skipped after several attempts.')
  const unknownKind = counter('fresco_unknown_entries_total', 'Outbox entries of a newer version that this process passed on unread.')
  return {
    sequenced: (agesMs) => observe(sequenced, agesMs),
    appended: (agesMs) => observe(appended, agesMs),
    published(agesMs) {
      published.inc(agesMs.length)
      observe(marked, agesMs)
    },
    failedToPublish: () => failed.inc(),
    emitted: (agesMs) => observe(emitted, agesMs),
    projected: (projection, agesMs) => observe(projected.labels(projection), agesMs),
    seen: (ms) => observe(seen, [ms]),
    healedGap: () => healed.inc(),
    retried: (count) => retried.inc(count),
    deadLettered: () => deadLettered.inc(),
    passedOver: () => skipped.inc(),
    unknownKind: () => unknownKind.inc(),
  }
}

const observe = (hop: { observe(seconds: number): void }, agesMs: readonly number[]) => {
  for (const ageMs of agesMs) hop.observe(Math.max(0, ageMs) / 1_000)
}
