/**
 * Sends metrics and traces to a collector, by OTLP over HTTP. Loaded only when it is turned on. The SDK is used without its globals, so that
 * no library adds spans.
 *
 * A collector that is gone, slow or hostile costs bounded memory, and delays nothing. What it does not take is dropped and counted.
 */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { type HrTime, ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, type IdGenerator, RandomIdGenerator, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Instruments } from '../observability/measures.ts'
import type { Reading } from '../observability/readings.ts'
import { version } from '../version.ts'
import type { ExportReports, Receiver } from './export-reports.ts'
import { createMetricProducer } from './otlp-metrics.ts'
import type { PixelSpan } from './pixel-tracing.ts'
import type { OtlpSettings } from './telemetry-settings.ts'
import { createWallClock } from './wall-clock.ts'

export interface OtlpBounds {
  readonly queuedSpans: number
  readonly spansOfExport: number
  readonly spansEveryMs: number
  readonly exportMs: number
}

const usualBounds: OtlpBounds = { queuedSpans: 2_048, spansOfExport: 512, spansEveryMs: 5_000, exportMs: 10_000 }

export interface OtlpOptions {
  readonly settings: OtlpSettings
  readonly processId: string
  readonly roles: readonly string[]
  readonly reports: ExportReports
  readonly dropped: Instruments['droppedSpans']
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

/** A connection ends with its export, or at its deadline. The exporter bounds only the time without any data. */
const agentFor = (protocol: string, exportMs: number) => {
  const agent = protocol === 'https:' ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false })
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (...options) => {
    const socket = connect(...options)
    if (socket) endLater(socket, exportMs)
    return socket
  }
  return agent
}

const endLater = (socket: Duplex, exportMs: number) => {
  const timer = setTimeout(() => socket.destroy(new Error('The receiver did not answer in time.')), exportMs)
  timer.unref()
  socket.once('close', () => clearTimeout(timer))
}

interface Common {
  readonly settings: OtlpSettings
  readonly resource: Resource
  readonly reports: ExportReports
  readonly bounds: OtlpBounds
}

const exporterOptions = ({ settings, bounds }: Common, signal: 'metrics' | 'traces') => ({
  url: `${settings.endpoint}/v1/${signal}`,
  headers: { ...settings.headers },
  timeoutMillis: bounds.exportMs,
  concurrencyLimit: 2,
  httpAgentOptions: (protocol: string) => agentFor(protocol, bounds.exportMs),
})

interface Reported<Data> {
  export(data: Data, done: (result: { code: number; error?: Error }) => void): void
}

/** Reports each result. The SDK drops it. */
const reportResults = <Data>(exporter: Reported<Data>, receiver: Receiver, reports: ExportReports, onFailed?: (data: Data) => void) => {
  const send = exporter.export.bind(exporter)
  exporter.export = (data, done) =>
    send(data, (result) => {
      if (result.code === 0) reports.worked(receiver)
      else {
        reports.failed(receiver, result.error)
        onFailed?.(data)
      }
      done(result)
    })
}

interface SpansOptions extends Common {
  readonly dropped: OtlpOptions['dropped']
}

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER } as const

const openSpans = ({ dropped, ...common }: SpansOptions) => {
  const { resource, reports, bounds } = common
  const exporter: SpanExporter = new OTLPTraceExporter(exporterOptions(common, 'traces'))
  let waiting = 0
  const send = exporter.export.bind(exporter)
  exporter.export = (batch, done) => {
    waiting -= batch.length
    send(batch, done)
  }
  reportResults(exporter, 'otlp_traces', reports, (batch) => dropped.inc(batch.length))
  const ids = new RootIds()
  const provider = new TracerProvider({
    resource,
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: bounds.queuedSpans,
        maxExportBatchSize: bounds.spansOfExport,
        scheduledDelayMillis: bounds.spansEveryMs,
        exportTimeoutMillis: bounds.exportMs,
      }),
    ],
  })
  const tracer = provider.getTracer('fresco', version)
  const wallClock = createWallClock()
  return {
    write({ name, kind, ids: of, isRoot, beganAtMs, endedAtMs, attributes, link }: PixelSpan) {
      if (waiting >= bounds.queuedSpans) return dropped.inc()
      waiting++
      ids.next = isRoot ? of : null
      const context = isRoot ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...of, traceFlags: TraceFlags.SAMPLED, isRemote: true })
      const links = link ? [{ context: { ...link, traceFlags: Number(link.isSampled), isRemote: true } }] : []
      const span = tracer.startSpan(name, { kind: kinds[kind], startTime: wallClock(beganAtMs), attributes, links }, context)
      span.end(wallClock(endedAtMs))
    },
    close: () => provider.shutdown(),
  }
}

/** Random ids, except for the root spans of commits. */
class RootIds implements IdGenerator {
  readonly #random = new RandomIdGenerator()
  next: { readonly traceId: string; readonly spanId: string } | null = null

  generateTraceId = () => this.next?.traceId ?? this.#random.generateTraceId()
  generateSpanId = () => this.next?.spanId ?? this.#random.generateSpanId()
}

interface MetersOptions extends Common {
  readonly read: () => Promise<readonly Reading[]>
}

const openMeters = ({ read, ...common }: MetersOptions) => {
  const { settings, resource, reports, bounds } = common
  const exporter: PushMetricExporter = new OTLPMetricExporter(exporterOptions(common, 'metrics'))
  reportResults(exporter, 'otlp_metrics', reports)
  const wallClock = createWallClock()
  const now = (): HrTime => wallClock(performance.now())
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: settings.metricsEveryMs,
    exportTimeoutMillis: Math.min(settings.metricsEveryMs, bounds.exportMs),
    metricProducers: [createMetricProducer(read, now(), now)],
  })
  return new MeterProvider({ resource, readers: [reader] })
}
