/** Composes one process from the modules that its roles need. */
import { loadSecrets } from './accounts/secrets.ts'
import { createAccess } from './modules/access-module.ts'
import { createCoordination } from './modules/coordination-module.ts'
import { createObservability } from './modules/observability-module.ts'
import { createProcessContext, type ProcessContextOptions } from './modules/process-context.ts'
import { createRoles, type Roles } from './modules/role-modules.ts'
import { createServing } from './modules/serving-module.ts'
import { openStorage } from './modules/store-module.ts'
import { openTelemetry } from './modules/telemetry-module.ts'
import { registerStops } from './stop-order.ts'
import type { Store } from './store/port.ts'
import type { EventStream } from './stream/port.ts'
import { createWebServer } from './web-server.ts'

export interface Container {
  readonly store: Store
  readonly stream: EventStream
  readonly roles: Roles
  /** Starts the services and answers requests. `signInUrl` is null once an operator has signed in. */
  listen(): Promise<{ url: string; port: number; signInUrl: string | null }>
}

export interface ContainerOptions extends ProcessContextOptions {
  readonly dev: boolean
  /** For tests: whether a header may turn off the bypass around Next. */
  readonly bypassHeader?: boolean
  /** For benchmarks: the most pixels of one transaction. */
  readonly maxGroupPixels?: number
}

/** @throws with a sentence for the operator when a part cannot be started. */
export const createContainer = async (options: ContainerOptions): Promise<Container> => {
  const { dev, bypassHeader = false, maxGroupPixels } = options
  const untraced = createProcessContext(options)
  const { config, logger } = untraced
  const observability = createObservability(untraced)
  const telemetry = await openTelemetry(untraced, observability)
  const context = { ...untraced, tracing: telemetry.tracing }
  const { throttledWarnings } = observability
  const server = createWebServer({ logger, throttledWarnings, countsAddresses: config.rateLimits && config.trustProxy === 0 })
  // Opens the port before it writes any file, so that a start on a used port leaves no files.
  const port = await server.listen({ port: config.port, host: config.host })
  const secrets = loadSecrets(config)
  const storage = await openStorage(context, observability)
  const coordination = createCoordination({ context, observability, storage })
  const access = createAccess({ context, observability, storage, coordination }, secrets)
  const shared = { context, observability, storage, coordination, access }
  const roles = createRoles(shared, { http: server.http, maxGroupPixels })
  await coordination.publishing.refresh()
  await access.adminSessions.refresh()
  const serving = createServing(shared, { server, roles, dev, bypassHeader })
  registerStops(shared, { server, roles, serving, telemetry })
  const { store, stream } = storage
  return {
    store,
    stream,
    roles,
    async listen() {
      await coordination.overview.load()
      await serving.serve()
      await telemetry.startMetrics(port)
      for (const service of roles.services) observability.supervisor.start(service)
      const url = config.publicUrls[0] ?? `http://localhost:${port}`
      return { url, port, signInUrl: roles.web && secrets.awaitsOperator ? access.signInLink.make(url) : null }
    },
  }
}
