/** Makes the modules of the roles of a process. */
import type { Server } from 'node:http'
import { type CostlyWork, createCostlyWork } from '../http/costly-work.ts'
import type { Service } from '../lifecycle.ts'
import { hasRole } from './process-context.ts'
import { createProjectorModule, type ProjectorModule } from './projector-module.ts'
import { createPublisherModule, type PublisherModule } from './publisher-module.ts'
import type { SharedModules } from './shared-modules.ts'
import { createWebModule, type WebModule } from './web-module.ts'

export interface Roles {
  readonly web: WebModule | null
  readonly publisher: PublisherModule | null
  readonly projector: ProjectorModule | null
  /** Shared by the API and the pages. */
  readonly costly: CostlyWork
  /** In the order in which they are started. */
  readonly services: readonly Service[]
}

export interface RolesOptions {
  readonly http: Server
  readonly maxGroupPixels: number | undefined
}

export const createRoles = (shared: SharedModules, { http, maxGroupPixels }: RolesOptions): Roles => {
  const { context, coordination } = shared
  const { config, clock } = context
  const costly = createCostlyWork({ countsAddresses: config.rateLimits, now: clock.monotonicNow })
  const publisher = hasRole(context, 'publisher') ? createPublisherModule(shared) : null
  const projector = hasRole(context, 'projector') ? createProjectorModule(shared) : null
  const wakePublisher = () => publisher?.publisher.wake()
  const web = hasRole(context, 'web') ? createWebModule({ ...shared, http, wakePublisher, maxGroupPixels }, costly) : null
  const services = [
    coordination.heartbeat,
    coordination.overview,
    ...(publisher?.services ?? []),
    ...(projector?.services ?? []),
    ...(web?.services ?? []),
  ]
  return { web, publisher, projector, costly, services }
}
