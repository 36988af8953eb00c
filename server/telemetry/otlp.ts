/**
 * Sends metrics and traces to a collector, by OTLP over HTTP. Loaded only when it is turned on. The SDK is used without its globals, so that
 * no library adds spans.
 *
 * A collector that is gone, slow or hostile costs bounded memory, and delays nothing. What it does not take is dropped and counted.
 */
import type { HrTime } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { Reading } from '../observability/readings.ts'
import { version } from '../version.ts'
import type { ExportReports } from './export-reports.ts'
import { type ExporterParts, exporterOptions, type OtlpBounds, reportResults, usualBounds } from './otlp-exporters.ts'
import { createMetricProducer } from './otlp-metrics.ts'
import { openSpans, type SpansOptions } from './otlp-spans.ts'
import type { OtlpSettings } from './telemetry-settings.ts'
import { createWallClock } from './wall-clock.ts'

export interface OtlpOptions {
  readonly settings: OtlpSettings
  readonly processId: string
  readonly roles: readonly string[]
  readonly reports: ExportReports
  readonly dropped: SpansOptions['dropped']
  /** For tests. */
  readonly bounds?: OtlpBounds
}

export const openOtlp = ({ settings, processId, roles, reports, dropped, bounds = usualBounds }: OtlpOptions) => {
  const resource = resourceFromAttributes({
    'service.name': settings.serviceName,
    'service.version': version,
    'service.instance.id': processId,
    'fresco.roles': [...roles],
  })
  const common = { settings, resource, reports, bounds }
  const spans = openSpans({ ...common, dropped })
  let meters: MeterProvider | null = null
  return {
    writeSpan: spans.write,
    /** Begins to export metrics. */
    startMetrics(read: () => Promise<readonly Reading[]>) {
      meters = openMeters({ ...common, read })
    },
    /** Exports the rest. It may take as long as an export. */
    async close() {
      await Promise.allSettled([spans.close(), meters?.shutdown()])
    },
  }
}

interface MetersOptions extends ExporterParts {
  readonly read: () => Promise<readonly Reading[]>
}

const openMeters = ({ read, ...parts }: MetersOptions) => {
  const { settings, resource, reports } = parts
  // An export ends before the next one begins, so that a failure has its own reason.
  const bounds = { ...parts.bounds, exportMs: Math.min(settings.metricsEveryMs, parts.bounds.exportMs) }
  const exporter: PushMetricExporter = new OTLPMetricExporter(exporterOptions({ ...parts, bounds }, 'metrics'))
  reportResults(exporter, 'otlp_metrics', reports)
  const wallClock = createWallClock()
  const now = (): HrTime => wallClock(performance.now())
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: settings.metricsEveryMs,
    exportTimeoutMillis: bounds.exportMs,
    metricProducers: [createMetricProducer(read, now(), now)],
  })
  return new MeterProvider({ resource, readers: [reader] })
}
