/**
 * The list of measures. Prometheus, OpenTelemetry and StatsD get their names and help texts from here. Times are in seconds.
 *
 * Counters and histograms count only this process. In queries, take the sum of these and the maximum of the gauges that every process
 * reports (`shared-gauges.ts`).
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

interface Measured<Kind extends 'counter' | 'gauge' | 'histogram', Label extends string> {
  readonly kind: Kind
  readonly name: string
  readonly help: string
  /** Each label must have a bounded number of values (A6). */
  readonly labels: readonly Label[]
}

export type Measure = Measured<'counter' | 'gauge' | 'histogram', string> & { readonly buckets?: readonly number[] }

const measured =
  <const Kind extends 'counter' | 'gauge' | 'histogram'>(kind: Kind) =>
  <const Label extends string = never>(name: string, help: string, labels: readonly Label[] = []): Measured<Kind, Label> => ({
    kind,
    name,
    help,
    labels,
  })

const counter = measured('counter')
const gauge = measured('gauge')

const hopSeconds = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]

/** The time since the commit of a placement. */
const hop = <const Label extends string = never>(name: string, to: string, labels: readonly Label[] = []) => ({
  ...measured('histogram')(name, `From the commit of a placement to ${to}.`, labels),
  buckets: hopSeconds,
})

/** The steps of a pixel after its commit. */
const delivery = {
  toSequence: hop('fresco_commit_to_sequence_seconds', 'its seq'),
  toAppend: hop('fresco_commit_to_append_seconds', 'its entry in the stream'),
  toPublish: hop('fresco_commit_to_publish_seconds', 'its mark as published'),
  toEmit: hop('fresco_commit_to_emit_seconds', 'its frame leaving this gateway'),
  toSeen: hop('fresco_commit_to_seen_seconds', 'the drawn frame, as browsers report it'),
  toProject: hop('fresco_commit_to_project_seconds', 'its projection', ['projection']),
  published: counter('fresco_published_commits_total', 'Commits that this process published.'),
  publishFailures: counter('fresco_publish_failures_total', 'Rounds of publishing that failed; each is tried again.'),
  publishRetries: counter('fresco_publish_retries_total', 'Repeated attempts to publish a commit.'),
  deadLettered: counter('fresco_dead_lettered_total', 'Commits that this process moved to the dead letters.'),
  healedGaps: counter('fresco_healed_gaps_total', 'Gaps that this gateway closed from the store.'),
  passedOver: counter('fresco_projection_passed_over_total', 'Commits that a projection skipped after several attempts.'),
  unknownEntries: counter('fresco_unknown_entries_total', 'Outbox entries of a newer version that this process passed on unread.'),
}

const webhooks = {
  webhookDeliveries: counter(
    'fresco_webhook_deliveries_total',
    'Attempts of this process to deliver to a webhook, by outcome: delivered, retry, dead, limited, gone, stopped.',
    ['outcome'],
  ),
  webhooksWaiting: gauge('fresco_webhooks_waiting', 'Deliveries of webhooks that wait; NaN when the store does not answer.'),
  webhooksDead: gauge('fresco_webhooks_dead', 'Deliveries of webhooks that failed for good; NaN when the store does not answer.'),
}

/** Answers, refusals and disconnections. */
const answers = {
  httpRequests: counter(
    'fresco_http_requests_total',
    'HTTP requests, by method, route and status; the status is none when the connection closed before the answer.',
    ['method', 'route', 'status'],
  ),
  placements: counter(
    'fresco_placements_total',
    'Placements answered, by outcome: placed, or the code of the refusal (cooldown, rate_limited, overloaded, unavailable, …).',
    ['outcome'],
  ),
  refusals: counter('fresco_refusals_total', 'Requests to the API and messages of sockets that were refused, by code.', ['code']),
  rateLimited: counter('fresco_rate_limited_requests_total', 'Requests refused because of the limit of their address.'),
  setupWarnings: counter(
    'fresco_setup_warnings_total',
    'How often a mistake in the setup showed, by reason: websocket_not_upgraded, no_public_url, foreign_origin, forwarded_for_missing, …',
    ['reason'],
  ),
  writeFailures: counter(
    'fresco_write_failures_total',
    'Writes that the store or the stream refused although it answers, by part and reason: disk_full, quota, read_only, out_of_memory, …',
    ['part', 'reason'],
  ),
  slowClients: counter('fresco_slow_clients_total', 'Sockets cut off because they did not read.'),
  unexpectedErrors: counter(
    'fresco_unexpected_errors_total',
    'Errors that no code handles, by where they were caught. Each has a line in the log, with its stack.',
    ['where'],
  ),
}

const ofProcess = {
  buildInfo: gauge('fresco_build_info', 'Always 1; the version of this process.', ['version']),
  sockets: gauge('fresco_sockets', 'Sockets connected to this gateway.'),
  placementsQueued: gauge('fresco_placements_queued', 'Placements waiting to be saved.'),
  tilesInMemory: gauge('fresco_tiles_in_memory', 'Boards that this gateway keeps up to date.'),
}

/** The same in every process. */
const shared = {
  storeUp: gauge('fresco_store_up', '1 when the store answers this process and can write, else 0.'),
  streamUp: gauge('fresco_stream_up', '1 when the stream answers this process and can write, else 0.'),
  storeWritable: gauge('fresco_store_writable', '1 when the store can write, else 0; NaN when it does not answer.'),
  streamWritable: gauge('fresco_stream_writable', '1 when the stream can write, else 0; NaN when it does not answer.'),
  diskFree: gauge('fresco_disk_free_bytes', 'Free bytes where the embedded database is; NaN when the database is elsewhere.'),
  outboxBacklog: gauge('fresco_outbox_backlog', 'Commits in the outbox that are not published, by state: unsequenced, unpublished.', [
    'state',
  ]),
  outboxOldestAge: gauge(
    'fresco_outbox_oldest_age_seconds',
    'Age of the oldest commit that is not published; 0 when there is none, NaN when the store does not answer.',
  ),
  deadLetters: gauge('fresco_dead_letters', 'Dead letters that wait for an operator.'),
  stuckTiles: gauge('fresco_stuck_tiles', 'Tiles that wait for a commit with several failed attempts to publish it.'),
  streamLength: gauge('fresco_stream_length', 'Entries in the stream.'),
  streamMemory: gauge('fresco_stream_memory_bytes', 'Memory of the stream.'),
  partitionUp: gauge('fresco_stream_partition_up', '1 when the partition of the stream answers this process, else 0.', ['partition']),
  partitionLength: gauge('fresco_stream_partition_length', 'Entries in the partition; NaN when it does not answer.', ['partition']),
  groupLag: gauge('fresco_group_lag', 'Entries of the stream that a consumer group has not received yet.', ['group', 'kind']),
  groupPending: gauge('fresco_group_pending', 'Entries that a consumer group has received and not acknowledged.', ['group', 'kind']),
  workers: gauge('fresco_workers', 'Workers of all processes, by role and state: running, backing_off, stopped, lost.', ['role', 'state']),
  backupScheduled: gauge('fresco_backup_scheduled', '1 when this process has a schedule of backups, else 0.'),
  backupAge: gauge('fresco_backup_age_seconds', 'Time since the start of the last good backup; NaN when there is none.'),
  backupVerifiedAge: gauge('fresco_backup_verified_age_seconds', 'Time since a backup was verified; NaN when none was.'),
  backupOverdue: gauge(
    'fresco_backup_overdue',
    '1 when one and a half intervals have passed since the last good backup, or the first schedule.',
  ),
  backupFailed: gauge('fresco_backup_failed', '1 while the last backup, or the last verification of one, failed, else 0.'),
  online: gauge('fresco_online', 'Sockets that have joined a canvas, over all gateways.'),
}

/** The exports of metrics and traces themselves. */
const exports = {
  exportFailures: counter('fresco_telemetry_failures_total', 'Exports that failed, by receiver: otlp_metrics, otlp_traces, statsd.', [
    'receiver',
  ]),
  droppedSpans: counter('fresco_trace_spans_dropped_total', 'Spans that were dropped because the queue was full or an export failed.'),
}

export const measures = { ...delivery, ...webhooks, ...answers, ...ofProcess, ...shared, ...exports }

type Measures = typeof measures
type LabelOf<One> = One extends { labels: readonly (infer Label extends string)[] } ? Label : never
type InstrumentOf<One> = One extends { kind: 'counter' }
  ? Counter<LabelOf<One>>
  : One extends { kind: 'gauge' }
    ? Gauge<LabelOf<One>>
    : Histogram<LabelOf<One>>

/** What the parts of the server count with. */
export type Instruments = { readonly [Name in keyof Measures]: InstrumentOf<Measures[Name]> }

const createInstrument = ({ kind, name, help, labels: labelNames, buckets }: Measure, registers: Registry[]) => {
  if (kind === 'counter') return new Counter({ name, help, labelNames, registers })
  if (kind === 'gauge') return new Gauge({ name, help, labelNames, registers })
  return new Histogram({ name, help, labelNames, registers, ...(buckets && { buckets: [...buckets] }) })
}

export const createInstruments = (registry: Registry): Instruments =>
  Object.fromEntries(
    Object.entries(measures).map(([name, measure]) => [name, createInstrument(measure, [registry])]),
  ) as unknown as Instruments
