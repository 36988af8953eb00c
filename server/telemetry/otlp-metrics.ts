/** The metrics for OpenTelemetry, from the same registry as for Prometheus, so nothing is counted twice. */
import { type HrTime, ValueType } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AggregationTemporality, DataPointType, type MetricData, type MetricProducer } from '@opentelemetry/sdk-metrics'
import type { Reading } from '../observability/readings.ts'

type Read = () => Promise<readonly Reading[]>

/** `startedAt` is when the counters began. */
export const createMetricProducer = (read: Read, startedAt: HrTime, now: () => HrTime): MetricProducer => ({
  async collect() {
    const readings = await read()
    const endTime = now()
    const metrics = readings.filter(({ values }) => values.length > 0).map((reading) => metricOf(reading, startedAt, endTime))
    // The reader replaces the resource by its own.
    return { resourceMetrics: { resource: resourceFromAttributes({}), scopeMetrics: [{ scope: { name: 'fresco' }, metrics }] }, errors: [] }
  },
})

const metricOf = (reading: Reading, startTime: HrTime, endTime: HrTime): MetricData => {
  const { name, help, unit } = reading
  const described = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  }
  const at = { startTime, endTime }
  if (reading.kind === 'histogram') {
    const dataPoints = reading.values.map(({ labels, sum, count, bounds, counts }) => ({
      ...at,
      attributes: labels,
      value: { buckets: { boundaries: [...bounds], counts: [...counts] }, sum, count },
    }))
    return { ...described, dataPointType: DataPointType.HISTOGRAM, dataPoints }
  }
  const dataPoints = reading.values.map(({ labels, value }) => ({ ...at, attributes: labels, value }))
  return reading.kind === 'counter'
    ? { ...described, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...described, dataPointType: DataPointType.GAUGE, dataPoints }
}
