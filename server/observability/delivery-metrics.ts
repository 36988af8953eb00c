/** The metrics of the publisher, the broadcaster and the projectors about commits. Ages are milliseconds since the placement was saved. */
import type { Metrics } from './metrics.ts'
import type { ProcessMetrics } from './process-metrics.ts'

const names = [
  'sequenced',
  'appended',
  'published',
  'failedToPublish',
  'retried',
  'deadLettered',
  'emitted',
  'healedGap',
  'projected',
  'passedOver',
  'unknownKind',
] as const

export type DeliveryMetrics = Pick<Metrics, (typeof names)[number]>

export const noMetrics = Object.fromEntries(names.map((name) => [name, () => undefined])) as unknown as DeliveryMetrics

/** Reports to Prometheus, and the values of the overview also to the heartbeat. */
export const createDeliveryMetrics = (metrics: Metrics, processMetrics: ProcessMetrics): DeliveryMetrics => ({
  ...metrics,
  published(agesMs) {
    metrics.published(agesMs)
    processMetrics.published(agesMs)
  },
  failedToPublish() {
    metrics.failedToPublish()
    processMetrics.failedToPublish()
  },
  emitted(agesMs) {
    metrics.emitted(agesMs)
    processMetrics.emitted(agesMs)
  },
  healedGap() {
    metrics.healedGap()
    processMetrics.healedGap()
  },
})
