/** OpenTelemetry and StatsD. What is turned off is not loaded. */
import { hostname } from 'node:os'
import { within } from '../clock.ts'
import { ExportReports } from '../telemetry/export-reports.ts'
import { createPixelTracing, type PixelTracing } from '../telemetry/pixel-tracing.ts'
import type { Observability } from './observability-module.ts'
import type { ProcessContext } from './process-context.ts'

export interface Telemetry {
  /** Undefined: pixels are not traced. */
  readonly tracing: PixelTracing | undefined
  /** Begins to export metrics. Call it when all gauges can be read. */
  startMetrics(port: number): Promise<void>
  /** Exports the rest, within a bounded time. */
  close(): Promise<void>
}

/** A receiver that does not answer delays a shutdown by this time at most. */
const closeMs = 1_000

export const openTelemetry = async (context: ProcessContext, { metrics }: Observability): Promise<Telemetry> => {
  const { config, logger, clock, errors, processId } = context
  const { otlp: otlpSettings, statsd: statsdSettings } = config.telemetry
  const { exportFailures: failures, droppedSpans: dropped } = metrics.instruments
  const reports = new ExportReports({ logger, monotonicNow: clock.monotonicNow, failures })
  const closers: (() => Promise<void>)[] = []
  const otlp =
    otlpSettings &&
    (await import('../telemetry/otlp.ts')).openOtlp({ settings: otlpSettings, processId, roles: config.roles, reports, dropped })
  if (otlp) closers.push(otlp.close)
  const ratio = otlpSettings?.traceRatio ?? 0
  return {
    tracing:
      otlp && ratio > 0
        ? createPixelTracing({
            ratio,
            monotonicNow: clock.monotonicNow,
            write: otlp.writeSpan,
            onError: (error) => errors.report('tracing', error),
          })
        : undefined,
    async startMetrics(port) {
      otlp?.startMetrics(metrics.readings)
      if (!statsdSettings) return
      const { openStatsd } = await import('../telemetry/statsd.ts')
      const statsd = openStatsd({ settings: statsdSettings, instance: `${hostname()}:${port}`, reports, read: metrics.readings })
      closers.push(statsd.close)
    },
    async close() {
      const closed = Promise.allSettled(closers.map((close) => close()))
      await within(closeMs, closed, () => new Error('late')).catch(() => undefined)
    },
  }
}
