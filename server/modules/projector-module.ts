/** The projector role: keeps history, statistics and snapshots up to date. */
import type { Service } from '../lifecycle.ts'
import { LogProjection } from '../projecting/log-projection.ts'
import { Projector } from '../projecting/projector.ts'
import { SnapshotProjection } from '../projecting/snapshot-projection.ts'
import type { Observability } from './observability-module.ts'
import type { ProcessContext } from './process-context.ts'
import type { Storage } from './store-module.ts'

export interface ProjectorModule {
  readonly snapshots: SnapshotProjection
  readonly services: readonly Service[]
}

export interface ProjectorModuleOptions {
  readonly context: ProcessContext
  readonly observability: Observability
  readonly storage: Storage
}

export const createProjectorModule = ({ context, observability, storage }: ProjectorModuleOptions): ProjectorModule => {
  const { logger, failpoints, clocks, processId } = context
  const { now, monotonicNow, random, bounds } = clocks
  const { store, stream } = storage
  const { metrics } = observability
  const snapshots = new SnapshotProjection({ store, now: bounds.latest, ageNow: bounds.earliest })
  const projections = [
    new LogProjection({ name: 'history', store, logger }),
    new LogProjection({ name: 'stats', store, logger }),
    snapshots,
  ]
  const projectors = projections.map(
    (projection) =>
      new Projector({
        projection,
        store,
        stream,
        consumer: processId,
        failpoints,
        logger,
        now,
        monotonicNow,
        random,
        onPassedOver: metrics.passedOver,
        onUnknownKind: metrics.unknownKind,
        onProjected: (agesMs) => metrics.projected(projection.name, agesMs),
      }),
  )
  observability.registerRole({
    role: 'projector',
    services: projectors.map(({ name }) => name),
    processed: () => projectors.reduce((sum, projector) => sum + projector.health().processed, 0),
  })
  return { snapshots, services: projectors }
}
