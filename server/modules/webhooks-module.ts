/** Webhooks: the sender and the watch of health run where publishers run, and the gauges are in every process. */
import { createSingleFlightProbe } from '../observability/single-flight-probe.ts'
import { HealthWatch } from '../webhooks/health-watch.ts'
import { WebhookSender } from '../webhooks/webhook-sender.ts'
import type { SharedModules } from './shared-modules.ts'

type Shared = Omit<SharedModules, 'access'>

export const createWebhooksModule = ({ context, observability, storage, coordination }: Shared) => {
  const { store } = storage
  const { webhookDeliveries } = observability.metrics.instruments
  const sender = new WebhookSender({
    store,
    context,
    allowPrivate: context.config.webhooksAllowPrivate,
    onOutcome: (outcome) => webhookDeliveries.inc({ outcome }),
  })
  const healthWatch = new HealthWatch({
    store,
    context,
    readOverview: () => coordination.overview.read(),
    isPaused: () => coordination.publishing.isPaused,
    self: context.processId,
    alive: () => coordination.members.alive(),
  })
  return { services: [sender, healthWatch] }
}

export const addWebhookGauges = ({ observability, storage }: Pick<Shared, 'observability' | 'storage'>) => {
  const { instruments, beforeReading } = observability.metrics
  const count = createSingleFlightProbe(() => storage.store.webhooks.countDeliveries())
  beforeReading(async () => {
    const found = await count()
    const sum = (state: 'waiting' | 'dead') =>
      found ? [...found.value.values()].reduce((total, counts) => total + counts[state], 0) : Number.NaN
    instruments.webhooksWaiting.set(sum('waiting'))
    instruments.webhooksDead.set(sum('dead'))
  })
}
