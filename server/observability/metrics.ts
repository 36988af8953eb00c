/**
 * What Prometheus reads: every metric's name and help text is here, once.
 *
 * Times are seconds, as Prometheus asks for. The names follow the way of a pixel: placed, sequenced, appended, published, emitted, seen. Counters and
 * histograms are this process's own; what `gauges.shared` tells is the same in all of them, so sum the former and take the maximum of the latter.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { WarningCode } from '../../lib/operator-warning.ts'
import type { Overview } from '../../lib/overview.ts'
import type { WriteFault } from '../../lib/write-fault.ts'

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
  /** What a browser reported: from the commit to the drawn frame. */
  seen(ms: number): void
  healedGap(): void
  /** Repeated attempts to publish a commit. */
  retried(count: number): void
  moveToDeadLetters(): void
  /** A request shows a mistake in the setup. */
  warned(reason: WarningCode): void
  /** The store or the stream answers, and does not take a write. */
  failedToWrite(part: 'store' | 'stream', reason: WriteFault): void
  /** A projection skips a commit. */
  passedOver(): void
  /** An outbox entry of a newer version was passed on without reading it. */
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
  /** Never rejects, and answers in bounded time, with what was last known of a part that is down. */
  shared(): Promise<Omit<Overview, 'history'>>
}

export const createMetrics = (gauges: Gauges): Metrics => {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const counter = (name: string, help: string) => new Counter({ name, help, registers })
  const histogram = (name: string, help: string) => new Histogram({ name, help, buckets: hopSeconds, registers })
  const placed = new Counter({
    name: 'fresco_placements_total',
    help: 'Placements answered, by outcome: placed, or the code of the refusal (cooldown, rate_limited, overloaded, unavailable, …).',
    labelNames: ['outcome'],
    registers,
  })
  const limited = counter('fresco_rate_limited_requests_total', 'Requests refused because of the limit of their address.')
  const commitToSequence = histogram('fresco_commit_to_sequence_seconds', 'From the commit of a placement to its seq.')
  const commitToAppend = histogram('fresco_commit_to_append_seconds', 'From the commit of a placement to its entry in the stream.')
  const commitToPublish = histogram('fresco_commit_to_publish_seconds', 'From the commit of a placement to its mark as published.')
  const commitToEmit = histogram('fresco_commit_to_emit_seconds', 'From the commit of a placement to its frame leaving this gateway.')
  const commitToSeen = histogram('fresco_commit_to_seen_seconds', 'From the commit to the drawn frame, as browsers report it.')
  const commitToProject = new Histogram({
    name: 'fresco_commit_to_project_seconds',
    help: 'From the commit of a placement to its projection.',
    labelNames: ['projection'],
    buckets: hopSeconds,
    registers,
  })
  const published = counter('fresco_published_commits_total', 'Commits that this process published.')
  const failed = counter('fresco_publish_failures_total', 'Rounds of publishing that failed; each is tried again.')
  const retried = counter('fresco_publish_retries_total', 'Repeated attempts to publish a commit.')
  const moveToDeadLetters = counter('fresco_dead_lettered_total', 'Commits that this process moved to the dead letters.')
  const warned = new Counter({
    name: 'fresco_setup_warnings_total',
    help: 'Requests that show a mistake in the setup, by reason: websocket_not_upgraded, no_public_url, foreign_origin, forwarded_for_missing, …',
    labelNames: ['reason'],
    registers,
  })
  const notWritten = new Counter({
    name: 'fresco_write_failures_total',
    help: 'Writes that the store or the stream refused although it answers, by part and reason: disk_full, quota, read_only, out_of_memory, …',
    labelNames: ['part', 'reason'],
    registers,
  })
  const healed = counter('fresco_healed_gaps_total', 'Gaps that this gateway closed from the store.')
  const slow = counter('fresco_slow_clients_total', 'Sockets cut off because they did not read.')
  const unexpected = new Counter({
    name: 'fresco_unexpected_errors_total',
    help: 'Errors that no code expected, by where they were caught. Each has a line in the log, with its stack.',
    labelNames: ['where'],
    registers,
    collect() {
      unexpected.reset()
      for (const [where, count] of gauges.unexpectedErrors()) unexpected.inc({ where }, count)
    },
  })
  const passedOver = counter(
    'fresco_projection_passed_over_total',
    'Commits that a projection of this process skipped after several attempts.',
  )

  const unknownKind = counter(
    'fresco_unknown_entries_total',
    'Outbox entries of a newer version that this process passed on without reading them.',
  )

  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('fresco_sockets', 'Sockets connected to this gateway.', gauges.sockets)
  gauge('fresco_placements_queued', 'Placements waiting to be saved.', gauges.queued)
  gauge('fresco_tiles_in_memory', 'Boards that this gateway keeps up to date.', gauges.tilesInMemory)
  const refresh = sharedGauges(registers, gauges.shared)

  const observe = (hop: { observe(seconds: number): void }, agesMs: readonly number[]) => {
    for (const ageMs of agesMs) hop.observe(Math.max(0, ageMs) / 1_000)
  }
  return {
    registry: {
      contentType: registry.contentType,
      async metrics() {
        await refresh()
        return registry.metrics()
      },
    },
    placed: (outcome, count) => placed.inc({ outcome }, count),
    sequenced: (agesMs) => observe(commitToSequence, agesMs),
    appended: (agesMs) => observe(commitToAppend, agesMs),
    published(agesMs) {
      published.inc(agesMs.length)
      observe(commitToPublish, agesMs)
    },
    failedToPublish: () => failed.inc(),
    emitted: (agesMs) => observe(commitToEmit, agesMs),
    projected: (projection, agesMs) => observe(commitToProject.labels(projection), agesMs),
    seen: (ms) => observe(commitToSeen, [ms]),
    healedGap: () => healed.inc(),
    retried: (count) => retried.inc(count),
    moveToDeadLetters: () => moveToDeadLetters.inc(),
    warned: (reason) => warned.inc({ reason }),
    failedToWrite: (part, reason) => notWritten.inc({ part, reason }),
    passedOver: () => passedOver.inc(),
    unknownKind: () => unknownKind.inc(),
    slowClient: () => slow.inc(),
    limited: () => limited.inc(),
  }
}

/**
 * What is everybody's. Of a part that is down there are no numbers: the old ones would look like new ones. Answers how to look, which has to be done
 * before they are read: one look serves all of them.
 */
const sharedGauges = (registers: Registry[], shared: Gauges['shared']): (() => Promise<void>) => {
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames, registers })
  const storeUp = gauge('fresco_store_up', '1 when the store answers this process and takes writes, else 0.')
  const streamUp = gauge('fresco_stream_up', '1 when the stream answers this process and takes writes, else 0.')
  const storeWritable = gauge('fresco_store_writable', '1 when the store takes writes, else 0; NaN when it does not answer.')
  const streamWritable = gauge('fresco_stream_writable', '1 when the stream takes writes, else 0; NaN when it does not answer.')
  const diskFree = gauge('fresco_disk_free_bytes', 'Free bytes where the embedded database is; NaN when the database is elsewhere.')
  const backlog = gauge('fresco_outbox_backlog', 'Commits in the outbox that are not published, by state: unsequenced, unpublished.', [
    'state',
  ])
  const oldest = gauge(
    'fresco_outbox_oldest_age_seconds',
    'Age of the oldest commit that is not published; 0 when there is none, NaN when the store does not answer.',
  )
  const dead = gauge('fresco_dead_letters', 'Dead letters that wait for an operator.')
  const stuck = gauge('fresco_stuck_tiles', 'Tiles that are held up by a commit that could not be published several times.')
  const length = gauge('fresco_stream_length', 'Entries in the stream.')
  const bytes = gauge('fresco_stream_memory_bytes', 'Memory that the stream takes.')
  const lag = gauge('fresco_group_lag', 'Entries of the stream that a consumer group was not given yet.', ['group', 'kind'])
  const pending = gauge('fresco_group_pending', 'Entries that a consumer group was given and has not acknowledged.', ['group', 'kind'])
  const workers = gauge('fresco_workers', 'Workers of all processes, by role and state: running, backing_off, stopped, lost.', [
    'role',
    'state',
  ])
  const online = gauge('fresco_online', 'Sockets that have joined a canvas, over all gateways.')

  return async () => {
    const overview = await shared()
    const ofStore = (value: number) => (overview.store.connected ? value : Number.NaN)
    const ofStream = (value: number) => (overview.stream.connected ? value : Number.NaN)
    const [takesStore, takesStream] = [overview.store.cannotWrite === null, overview.stream.cannotWrite === null]
    storeUp.set(Number(overview.store.connected && takesStore))
    streamUp.set(Number(overview.stream.connected && takesStream))
    storeWritable.set(ofStore(Number(takesStore)))
    streamWritable.set(ofStream(Number(takesStream)))
    diskFree.set(overview.store.diskFreeBytes ?? Number.NaN)
    backlog.set({ state: 'unsequenced' }, ofStore(overview.outbox.unsequenced))
    backlog.set({ state: 'unpublished' }, ofStore(overview.outbox.pending - overview.outbox.unsequenced))
    dead.set(ofStore(overview.outbox.dead))
    stuck.set(ofStore(overview.outbox.stuck))
    oldest.set(ofStore((overview.outbox.oldestPendingAgeMs ?? 0) / 1_000))
    length.set(ofStream(overview.stream.length))
    bytes.set(ofStream(overview.stream.memoryBytes))
    online.set(overview.online)
    for (const labelled of [lag, pending, workers]) labelled.reset()
    for (const { name: group, kind, lag: waiting, pending: given } of overview.stream.connected ? overview.groups : []) {
      lag.set({ group, kind }, waiting ?? Number.NaN)
      pending.set({ group, kind }, given)
    }
    for (const { role, state } of overview.workers) workers.inc({ role, state })
  }
}
