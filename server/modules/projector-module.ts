import { BackupRunner } from '../backup/backup-runner.ts'
import { createRoundStarter } from '../backup/start-round.ts'
import { LogProjection } from '../projecting/log-projection.ts'
import { Projector } from '../projecting/projector.ts'
import { SnapshotProjection } from '../projecting/snapshot-projection.ts'
import { TemplateProjection } from '../templates/template-projection.ts'
import { WebhookProjection } from '../webhooks/webhook-projection.ts'
import type { SharedModules } from './shared-modules.ts'

export const createProjectorModule = ({ context, observability, storage }: SharedModules) => {
  const { config, logger, clockBounds, processId: consumer } = context
  const { store, stream } = storage
  const snapshots = new SnapshotProjection({ store, now: clockBounds.latest, ageNow: clockBounds.earliest })
  const projections = [
    new LogProjection({ name: 'history', store, logger }),
    new LogProjection({ name: 'stats', store, logger }),
    new LogProjection({ name: 'profiles', store, logger }),
    snapshots,
    new TemplateProjection({ store, now: context.clock.now }),
    new WebhookProjection({ store, logger, publicUrl: config.publicUrls[0] ?? null }),
  ]
  const projectors = projections.map(
    (projection) => new Projector({ projection, store, stream, consumer, context, metrics: observability.delivery }),
  )
  observability.registerRole({
    role: 'projector',
    services: projectors.map(({ name }) => name),
    processed: () => projectors.reduce((sum, projector) => sum + projector.health().processed, 0),
  })
  const { backups: schedule } = config
  const backups =
    schedule &&
    new BackupRunner({
      ...{ store, schedule, context, processId: consumer, startRound: createRoundStarter() },
      onFailure: ({ startedAtMs, ...data }) =>
        store.webhooks.enqueue({ id: `backup-failed-${startedAtMs}`, type: 'backup.failed', atMs: startedAtMs, data }),
    })
  return { snapshots, services: [...projectors, ...(backups ? [backups] : [])] }
}
