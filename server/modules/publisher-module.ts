/** The publisher role: carries commits from the outbox to the stream, and trims what the retention allows. */
import type { Service } from '../lifecycle.ts'
import { createRetention } from '../placement/retention.ts'
import { HeadKeeper } from '../publishing/head-keeper.ts'
import { Publisher } from '../publishing/publisher.ts'
import { TileOwnership } from '../publishing/tile-ownership.ts'
import type { Coordination } from './coordination-module.ts'
import type { Observability } from './observability-module.ts'
import type { ProcessContext } from './process-context.ts'
import type { Storage } from './store-module.ts'

export interface PublisherModule {
  readonly publisher: Publisher
  readonly services: readonly Service[]
}

export interface PublisherModuleOptions {
  readonly context: ProcessContext
  readonly observability: Observability
  readonly storage: Storage
  readonly coordination: Coordination
}

/** Publishing more often costs every gateway and the store more for each pixel, and nobody notices 10 ms. */
const publishIntervalMs = 10

export const createPublisherModule = (options: PublisherModuleOptions): PublisherModule => {
  const { context, observability, storage, coordination } = options
  const { config, logger, failpoints, clocks } = context
  const { store, stream } = storage
  const ownership = new TileOwnership({ store, peers: coordination.members, id: context.processId })
  const publisher = createPublisher(options, ownership)
  stream.onSignal(({ kind }) => {
    if (kind === 'wake') publisher.wake()
  })
  coordination.onResumed(() => publisher.wake())
  coordination.onBeat(() => ownership.refresh())
  observability.registerRole({ role: 'publisher', services: [publisher.name], processed: () => publisher.health().processed })
  return {
    publisher,
    services: [
      publisher,
      new HeadKeeper({ store, stream, logger }),
      createRetention({ store, failpoints, logger, retentionMs: config.outboxRetentionMs, now: clocks.bounds.earliest }),
    ],
  }
}

const createPublisher = ({ context, observability, storage, coordination }: PublisherModuleOptions, ownership: TileOwnership) => {
  const { metrics, processMetrics } = observability
  const { now, monotonicNow, random } = context.clocks
  return new Publisher({
    ownedTiles: () => ownership.tiles,
    isPaused: () => coordination.publishing.isPaused,
    newGroupId: context.newGroupId,
    store: storage.store,
    stream: storage.stream,
    failpoints: context.failpoints,
    logger: context.logger,
    now,
    monotonicNow,
    random,
    pollMs: context.config.outboxPollMs,
    publishIntervalMs,
    onPublished({ commits, nowMs }) {
      const agesMs = commits.map(({ atMs }) => nowMs - atMs)
      metrics.published(agesMs)
      processMetrics.published(agesMs)
    },
    onSequenced: metrics.sequenced,
    onAppended: metrics.appended,
    onFailed() {
      metrics.failedToPublish()
      processMetrics.failedToPublish()
    },
    onRetried: metrics.retried,
    onDeadLettered: metrics.moveToDeadLetters,
    onUnknownKind: metrics.unknownKind,
  })
}
