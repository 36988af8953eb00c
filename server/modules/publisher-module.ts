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

/** A shorter interval costs the store and every gateway more for each pixel, and nobody notices 10 ms. */
const publishMs = 10

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

export const createPublisherModule = ({ context, observability, storage, coordination }: PublisherModuleOptions): PublisherModule => {
  const { config, logger, failpoints, clockBounds, newGroupId } = context
  const { store, stream } = storage
  const ownership = new TileOwnership({ store, peers: coordination.members, id: context.processId })
  const publisher = new Publisher({
    store,
    stream,
    context,
    metrics: observability.delivery,
    newGroupId,
    control: { ownedTiles: () => ownership.tiles, isPaused: () => coordination.publishing.isPaused },
    intervals: { pollMs: config.outboxPollMs, publishMs },
  })
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
      createRetention({ store, failpoints, logger, retentionMs: config.outboxRetentionMs, now: clockBounds.earliest }),
    ],
  }
}
