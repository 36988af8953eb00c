/** Metrics, warnings and the supervisor of a process. The other modules report to it, and register their services and gauges. */
import { streamSettings } from '../adapters.ts'
import { createSupervisor } from '../lifecycle.ts'
import { createDeliveryMetrics } from '../observability/delivery-metrics.ts'
import { createMetrics, type Gauges } from '../observability/metrics.ts'
import { OperatorWarnings } from '../observability/operator-warnings.ts'
import { ProcessMetrics } from '../observability/process-metrics.ts'
import { createProcessUsage } from '../observability/process-usage.ts'
import { type RoleServices, roleWorkers } from '../observability/role-workers.ts'
import { createThrottledWarnings } from '../observability/throttled-warnings.ts'
import { WriteWatch } from '../observability/write-watch.ts'
import type { ProcessContext } from './process-context.ts'

export interface WebGauges {
  readonly sockets: () => number
  /** Sockets that have joined a canvas. */
  readonly joined: () => number
  readonly queued: () => number
  readonly tilesInMemory: () => number
}

export const createObservability = ({ config, logger, errors, clock, random }: ProcessContext) => {
  const { now, monotonicNow } = clock
  const roles: RoleServices[] = []
  const sources: { web: WebGauges | null; overview: Gauges['shared'] | null } = { web: null, overview: null }
  const metrics = createMetrics({
    sockets: () => sources.web?.sockets() ?? 0,
    queued: () => sources.web?.queued() ?? 0,
    tilesInMemory: () => sources.web?.tilesInMemory() ?? 0,
    unexpectedErrors: () => errors.counts(),
    shared() {
      if (!sources.overview) throw new Error('Metrics were read before the overview was registered.')
      return sources.overview()
    },
  })
  const warnings = new OperatorWarnings({ logger, now, monotonicNow, onWarning: metrics.warned })
  const watchWrites = (part: 'store' | 'stream') =>
    new WriteWatch({ part, logger, now: monotonicNow, onFailed: (reason) => metrics.failedToWrite(part, reason) })
  const writes = { store: watchWrites('store'), stream: watchWrites('stream') }
  const supervisor = createSupervisor({ logger, now, monotonicNow, random })
  const processMetrics = new ProcessMetrics({
    monotonicNow,
    workers: () => roleWorkers(roles, supervisor.health()),
    warnings: () => warnings.list(),
    stream: streamSettings(config),
    usage: createProcessUsage(monotonicNow),
    cannotWrite: () => ({ store: writes.store.reason, stream: writes.stream.reason }),
    gateway() {
      const { web } = sources
      return web && { sockets: web.sockets(), joined: web.joined(), boards: web.tilesInMemory() }
    },
  })
  return {
    metrics,
    processMetrics,
    delivery: createDeliveryMetrics(metrics, processMetrics),
    supervisor,
    warnings,
    throttledWarnings: createThrottledWarnings({ logger, now: monotonicNow }),
    writes,
    /** Shows the services of a role as one worker in the overview. */
    registerRole: (role: RoleServices) => void roles.push(role),
    registerWeb(gauges: WebGauges) {
      sources.web = gauges
    },
    registerOverview(read: Gauges['shared']) {
      sources.overview = read
    },
  }
}

export type Observability = ReturnType<typeof createObservability>
