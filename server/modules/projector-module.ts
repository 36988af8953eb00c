import { LogProjection } from '../projecting/log-projection.ts'
import { Projector } from '../projecting/projector.ts'
import { SnapshotProjection } from '../projecting/snapshot-projection.ts'
import type { SharedModules } from './shared-modules.ts'

export const createProjectorModule = ({ context, observability, storage }: SharedModules) => {
  const { logger, clockBounds, processId: consumer } = context
  const { store, stream } = storage
  const snapshots = new SnapshotProjection({ store, now: clockBounds.latest, ageNow: clockBounds.earliest })
  const projections = [
    new LogProjection({ name: 'history', store, logger }),
    new LogProjection({ name: 'stats', store, logger }),
    snapshots,
  ]
  const projectors = projections.map(
    (projection) => new Projector({ projection, store, stream, consumer, context, metrics: observability.delivery }),
  )
  observability.registerRole({
    role: 'projector',
    services: projectors.map(({ name }) => name),
    processed: () => projectors.reduce((sum, projector) => sum + projector.health().processed, 0),
  })
  return { snapshots, services: projectors }
}
