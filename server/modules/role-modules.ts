/** Makes the modules of the roles of a process. */
import type { Server } from 'node:http'
import { createCostlyWork } from '../http/costly-work.ts'
import { hasRole } from './process-context.ts'
import { createProjectorModule } from './projector-module.ts'
import { createPublisherModule } from './publisher-module.ts'
import type { SharedModules } from './shared-modules.ts'
import { createWebModule } from './web-module.ts'
import { addWebhookGauges, createWebhooksModule } from './webhooks-module.ts'

export interface RolesOptions {
  readonly http: Server
  readonly maxGroupPixels: number | undefined
}

export const createRoles = (shared: SharedModules, { http, maxGroupPixels }: RolesOptions) => {
  const { context, coordination } = shared
  const { config, clock } = context
  /** Shared by the API and the pages. */
  const costly = createCostlyWork({ countsAddresses: config.rateLimits, now: clock.monotonicNow })
  const publisher = hasRole(context, 'publisher') ? createPublisherModule(shared) : null
  const webhooks = publisher && createWebhooksModule(shared)
  addWebhookGauges(shared)
  const projector = hasRole(context, 'projector') ? createProjectorModule(shared) : null
  const wakePublisher = () => publisher?.publisher.wake()
  const web = hasRole(context, 'web') ? createWebModule({ ...shared, http, wakePublisher, maxGroupPixels }, costly) : null
  /** In the order of their start. */
  const services = [
    coordination.heartbeat,
    coordination.overview,
    ...(publisher?.services ?? []),
    ...(webhooks?.services ?? []),
    ...(projector?.services ?? []),
    ...(web?.services ?? []),
  ]
  return { web, publisher, projector, costly, services }
}

export type Roles = ReturnType<typeof createRoles>
