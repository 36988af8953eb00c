/** Several real publishers. */
import { noMetrics } from '../server/observability/delivery-metrics.ts'
import { createGroupIds } from '../server/placement/group-id.ts'
import { Publisher } from '../server/publishing/publisher.ts'
import type { Store } from '../server/store/port.ts'
import type { EventStream } from '../server/stream/port.ts'
import { clockOf, workerContext } from '../server/worker-context.fixture.ts'
import { SimulatedWorkers, type WorkersParts } from './simulated-workers.ts'

export interface PublishersParts extends WorkersParts {
  readonly store: Store
  readonly stream: EventStream
  readonly now: () => number
  /** A mistake: runs this in place of the real step. */
  readonly mistakenStep: ((ports: { store: Store; stream: EventStream }) => Promise<unknown>) | undefined
}

export const simulatedPublishers = (parts: PublishersParts) => {
  const { store, stream, random, now, mistakenStep } = parts
  const start = () => {
    const publisher = new Publisher({
      store,
      stream,
      context: workerContext({ clock: clockOf(now), random: random.next }),
      metrics: noMetrics,
      newGroupId: createGroupIds({ now }),
      intervals: { pollMs: 1, publishMs: 0 },
      batchSize: 4,
    })
    const step = () => (mistakenStep ? mistakenStep({ store, stream }) : publisher.step())
    return async () => ((await step()) === 'more' ? 1 : 20)
  }
  return new SimulatedWorkers(parts, { name: 'publisher', start })
}
