/**
 * Sets the gauges that have the same value in every process, from one overview for each reading of the metrics. Values of a part that is
 * down are NaN, because old values would look current.
 */
import type { Overview } from '../../lib/overview.ts'
import type { Instruments } from './measures.ts'

export const setSharedGauges = (gauges: Instruments, overview: Omit<Overview, 'history'>) => {
  const { store, stream, outbox } = overview
  const ofStore = (value: number) => (store.connected ? value : Number.NaN)
  const ofStream = (value: number) => (stream.connected ? value : Number.NaN)
  const [takesStore, takesStream] = [store.cannotWrite === null, stream.cannotWrite === null]
  gauges.storeUp.set(Number(store.connected && takesStore))
  gauges.streamUp.set(Number(stream.connected && takesStream))
  gauges.storeWritable.set(ofStore(Number(takesStore)))
  gauges.streamWritable.set(ofStream(Number(takesStream)))
  gauges.diskFree.set(store.diskFreeBytes ?? Number.NaN)
  gauges.outboxBacklog.set({ state: 'unsequenced' }, ofStore(outbox.unsequenced))
  gauges.outboxBacklog.set({ state: 'unpublished' }, ofStore(outbox.pending - outbox.unsequenced))
  gauges.deadLetters.set(ofStore(outbox.dead))
  gauges.stuckTiles.set(ofStore(outbox.stuck))
  gauges.outboxOldestAge.set(ofStore((outbox.oldestPendingAgeMs ?? 0) / 1_000))
  gauges.streamLength.set(ofStream(stream.length))
  gauges.streamMemory.set(ofStream(stream.memoryBytes))
  gauges.online.set(overview.online)
  const { isScheduled, isOverdue, ageMs, verifiedAgeMs, problem } = overview.backups
  gauges.backupScheduled.set(Number(isScheduled))
  gauges.backupAge.set(ofStore((ageMs ?? Number.NaN) / 1_000))
  gauges.backupVerifiedAge.set(ofStore((verifiedAgeMs ?? Number.NaN) / 1_000))
  gauges.backupOverdue.set(Number(isOverdue))
  gauges.backupFailed.set(Number(problem !== null))
  setLabelledGauges(gauges, overview)
}

const setLabelledGauges = (gauges: Instruments, { stream, groups, workers }: Omit<Overview, 'history'>) => {
  const { partitionUp, partitionLength, groupLag, groupPending } = gauges
  for (const labelled of [groupLag, groupPending, gauges.workers, partitionUp, partitionLength]) labelled.reset()
  for (const { partition, connected, length } of stream.partitions) {
    partitionUp.set({ partition }, Number(connected))
    partitionLength.set({ partition }, connected ? length : Number.NaN)
  }
  for (const { name: group, kind, lag, pending } of stream.connected ? groups : []) {
    groupLag.set({ group, kind }, lag ?? Number.NaN)
    groupPending.set({ group, kind }, pending)
  }
  for (const { role, state } of workers) gauges.workers.inc({ role, state })
}
