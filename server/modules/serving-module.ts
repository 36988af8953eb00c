/** The HTTP answers of a process: probes in every role, and with the web role the API and the pages. */
import type { IncomingMessage } from 'node:http'
import { setHandle } from '../handle.ts'
import { logRequests } from '../http/access-log.ts'
import { createApi } from '../http/api.ts'
import { speaksHttps } from '../http/callers.ts'
import { createHealth, servicePart, storePart, streamPart } from '../http/health.ts'
import { createNodeAdapter } from '../http/node-adapter.ts'
import { OpenExchanges } from '../http/open-exchanges.ts'
import { createPageGate, type PageGateOptions } from '../http/page-gate.ts'
import { countRequests, createRouteNames } from '../http/request-counts.ts'
import { createRequestLimiter, type RequestLimiter } from '../http/request-limiter.ts'
import { probeRoutes } from '../http/routes/probe-routes.ts'
import { readStaticFiles } from '../http/static-files.ts'
import { createPages } from '../pages.ts'
import type { WebServer } from '../web-server.ts'
import type { Roles } from './role-modules.ts'
import type { SharedModules } from './shared-modules.ts'

export interface Serving {
  /** Starts to answer requests. */
  serve(): Promise<void>
  /** Makes `/readyz` fail. */
  markStopping(): void
}

export interface ServingOptions {
  readonly server: WebServer
  readonly roles: Roles
  readonly dev: boolean
  readonly bypassHeader: boolean
}

/** The folders of the files that browsers may request, by the start of their paths. */
const browserFiles = { '/_next/static/': '.next/static', '/': 'public' }

export const createServing = (shared: SharedModules, options: ServingOptions): Serving => {
  const { config, lifecycle, logger, clock } = shared.context
  const { server, roles, dev } = options
  const { addresses } = shared.access
  const state = { isStopping: false }
  const { throttledWarnings, metrics } = shared.observability
  const limiter = createRequestLimiter({ limits: shared.access.limits, throttledWarnings, onLimited: metrics.limited })
  const { api, adapter } = createAnswers(shared, { ...options, limiter, isStopping: () => state.isStopping })
  return {
    markStopping() {
      state.isStopping = true
    },
    async serve() {
      const pages = roles.web ? createPages({ dev, httpServer: server.http, hostname: config.host, port: config.port }) : null
      if (pages) lifecycle.onStop('pages', () => pages.close())
      const count: PageGateOptions['count'] = (request, cost) => limiter.count(addresses.peerOf(request).address, cost)
      const staticFiles = dev ? new Set<string>() : await readStaticFiles(browserFiles)
      const gate = dev ? null : createPageGate({ count, staticFiles, costly: roles.costly })
      server.serve({
        api: adapter,
        pages,
        gate,
        dev,
        publicUrls: config.publicUrls,
        isSecure: (request) =>
          speaksHttps({ peer: addresses.peerOf(request), host: request.headers.host ?? null, publicUrls: config.publicUrls }),
      })
      const routeOf = createRouteNames({ api, staticFiles })
      countRequests(server.http, { routeOf, answered: metrics.answered })
      const addressOf = (request: IncomingMessage) => addresses.peerOf(request).address
      if (config.accessLog) logRequests(server.http, { logger, addressOf, routeOf, monotonicNow: clock.monotonicNow })
      pages?.ready.catch((error: unknown) => void lifecycle.fail('no_pages', error))
    },
  }
}

interface AnswersOptions extends ServingOptions {
  readonly limiter: RequestLimiter
  readonly isStopping: () => boolean
}

const createAnswers = (shared: SharedModules, { roles, dev, bypassHeader, limiter, isStopping }: AnswersOptions) => {
  const { context, observability, access } = shared
  const { config, logger, clock } = context
  const { metrics, throttledWarnings } = observability
  const exchanges = new OpenExchanges()
  const probes = probeRoutes({
    callers: access.callers,
    health: createProcessHealth(shared, roles, isStopping),
    registry: metrics.registry,
    metricsToken: config.metricsToken,
  })
  const api = createApi({
    routes: [...(roles.web?.routes ?? []), ...probes],
    limiter,
    origins: access.origins,
    costly: roles.costly,
    exchanges,
    throttledWarnings,
    onRefused: metrics.refused,
    logger,
  })
  setHandle({ api: api.handle, pages: roles.web?.pages ?? null })
  const adapter = createNodeAdapter({
    api,
    addresses: access.addresses,
    exchanges,
    throttledWarnings,
    logger,
    next: { dev, bypassHeader },
    bounds: { countsAddresses: config.rateLimits },
    monotonicNow: clock.monotonicNow,
  })
  return { api, adapter }
}

const createProcessHealth = ({ context, observability, storage }: SharedModules, roles: Roles, isStopping: () => boolean) => {
  const now = context.clock.monotonicNow
  const { writes, supervisor } = observability
  return createHealth({
    now,
    parts: [
      { name: 'process', vital: true, check: () => ({ status: isStopping() ? 'fail' : 'pass' }) },
      storePart(storage.store, { now, watch: writes.store }),
      streamPart(storage.stream, { watch: writes.stream }),
      ...roles.services.map(({ name }) => servicePart(name, supervisor.health)),
    ],
  })
}
