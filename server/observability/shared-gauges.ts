/**
 * Gauges with the same value in every process, from one overview for each scrape. Values of a part that is down are NaN, because old
 * values would look current.
 */
import { Gauge, type Registry } from 'prom-client'
import type { Overview } from '../../lib/overview.ts'

/** Returns the function that reads the values. Call it before each scrape. */
export const addSharedGauges = (registers: Registry[], shared: () => Promise<Omit<Overview, 'history'>>): (() => Promise<void>) => {
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames, registers })
  const storeUp = gauge('fresco_store_up', '1 when the store answers this process and can write, else 0.')
  const streamUp = gauge('fresco_stream_up', '1 when the stream answers this process and can write, else 0.')
  const storeWritable = gauge('fresco_store_writable', '1 when the store can write, else 0; NaN when it does not answer.')
  const streamWritable = gauge('fresco_stream_writable', '1 when the stream can write, else 0; NaN when it does not answer.')
  const diskFree = gauge('fresco_disk_free_bytes', 'Free bytes where the embedded database is; NaN when the database is elsewhere.')
  const backlog = gauge('fresco_outbox_backlog', 'Commits in the outbox that are not published, by state: unsequenced, unpublished.', [
    'state',
  ])
  const oldest = gauge(
    'fresco_outbox_oldest_age_seconds',
    'Age of the oldest commit that is not published; 0 when there is none, NaN when the store does not answer.',
  )
  const dead = gauge('fresco_dead_letters', 'Dead letters that wait for an operator.')
  const stuck = gauge('fresco_stuck_tiles', 'Tiles that wait for a commit with several failed attempts to publish it.')
  const length = gauge('fresco_stream_length', 'Entries in the stream.')
  const bytes = gauge('fresco_stream_memory_bytes', 'Memory of the stream.')
  const partitionUp = gauge('fresco_stream_partition_up', '1 when the partition of the stream answers this process, else 0.', ['partition'])
  const partitionLength = gauge('fresco_stream_partition_length', 'Entries in the partition; NaN when it does not answer.', ['partition'])
  const lag = gauge('fresco_group_lag', 'Entries of the stream that a consumer group has not received yet.', ['group', 'kind'])
  const pending = gauge('fresco_group_pending', 'Entries that a consumer group has received and not acknowledged.', ['group', 'kind'])
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
    for (const labelled of [lag, pending, workers, partitionUp, partitionLength]) labelled.reset()
    for (const { partition, connected, length: entries } of overview.stream.partitions) {
      partitionUp.set({ partition }, Number(connected))
      partitionLength.set({ partition }, connected ? entries : Number.NaN)
    }
    for (const { name: group, kind, lag: waiting, pending: given } of overview.stream.connected ? overview.groups : []) {
      lag.set({ group, kind }, waiting ?? Number.NaN)
      pending.set({ group, kind }, given)
    }
    for (const { role, state } of overview.workers) workers.inc({ role, state })
  }
}
