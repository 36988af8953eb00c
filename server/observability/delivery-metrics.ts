/** What the publisher, the broadcaster and the projectors report about commits. Ages are milliseconds since the placement was saved. */
import type { Metrics } from './metrics.ts'
import type { ProcessMetrics } from './process-metrics.ts'

export type DeliveryMetrics = Pick<
  Metrics,
  | 'sequenced'
  | 'appended'
  | 'published'
  | 'failedToPublish'
  | 'retried'
  | 'deadLettered'
  | 'emitted'
  | 'healedGap'
  | 'projected'
  | 'passedOver'
  | 'unknownKind'
>

const ignore = () => undefined

export const noMetrics: DeliveryMetrics = {
  sequenced: ignore,
  appended: ignore,
  published: ignore,
  failedToPublish: ignore,
  retried: ignore,
  deadLettered: ignore,
  emitted: ignore,
  healedGap: ignore,
  projected: ignore,
  passedOver: ignore,
  unknownKind: ignore,
}

/** Reports to Prometheus, and what the overview shows also to the heartbeat. */
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
