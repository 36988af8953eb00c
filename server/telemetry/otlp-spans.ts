/** Hands the spans of pixels to the SDK, which exports them in batches. They are made from measured times, so no tracer of the SDK is needed. */
import { randomInt } from 'node:crypto'
import { type Link, type SpanContext, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace'
import type { Instruments } from '../observability/measures.ts'
import { version } from '../version.ts'
import { type ExporterParts, exporterOptions, reportResults } from './otlp-exporters.ts'
import type { PixelSpan } from './pixel-tracing.ts'
import type { ForeignSpan } from './trace-ids.ts'
import { createWallClock } from './wall-clock.ts'

export interface SpansOptions extends ExporterParts {
  readonly dropped: Instruments['droppedSpans']
}

export const openSpans = ({ dropped, ...parts }: SpansOptions) => {
  const { reports, bounds } = parts
  const exporter: SpanExporter = new OTLPTraceExporter(exporterOptions(parts, 'traces'))
  let waiting = 0
  const send = exporter.export.bind(exporter)
  exporter.export = (batch, done) => {
    waiting -= batch.length
    send(batch, done)
  }
  reportResults(exporter, 'otlp_traces', reports, (batch) => dropped.inc(batch.length))
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: bounds.queuedSpans,
    maxExportBatchSize: bounds.spansOfExport,
    scheduledDelayMillis: bounds.spansEveryMs,
    exportTimeoutMillis: bounds.exportMs,
  })
  const readable = createReadableSpans(parts)
  return {
    write(span: PixelSpan) {
      if (waiting >= bounds.queuedSpans) return dropped.inc()
      waiting++
      processor.onEnd(readable(span))
    },
    close: () => processor.shutdown(),
  }
}

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER } as const
const sampled = TraceFlags.SAMPLED

const createReadableSpans = ({ resource }: Pick<ExporterParts, 'resource'>) => {
  const wallClock = createWallClock()
  const newSpanId = createSpanIds()
  const same = {
    status: { code: SpanStatusCode.UNSET },
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'fresco', version },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
  return ({ name, kind, ids, isRoot, beganAtMs, endedAtMs, attributes, link }: PixelSpan): ReadableSpan => {
    const context: SpanContext = { traceId: ids.traceId, spanId: isRoot ? ids.spanId : newSpanId(), traceFlags: sampled }
    return {
      ...same,
      name,
      kind: kinds[kind],
      spanContext: () => context,
      ...(!isRoot && { parentSpanContext: { ...ids, traceFlags: sampled } }),
      startTime: wallClock(beganAtMs),
      endTime: wallClock(endedAtMs),
      duration: [0, Math.round((endedAtMs - beganAtMs) * 1_000_000)],
      attributes,
      links: link ? [linkTo(link)] : [],
    }
  }
}

const linkTo = ({ traceId, spanId, isSampled }: ForeignSpan): Link => ({
  context: { traceId, spanId, traceFlags: isSampled ? sampled : TraceFlags.NONE, isRemote: true },
})

/** A random start for each process, then a counter. */
const createSpanIds = () => {
  const hex = (value: number) => value.toString(16).padStart(8, '0')
  const start = hex(randomInt(1, 2 ** 32))
  let count = randomInt(2 ** 32)
  return () => {
    count = (count + 1) >>> 0
    return start + hex(count)
  }
}
