/** Several real publishers that do not communicate. They crash, and they freeze and continue with stale state. */
import { noMetrics } from '../server/observability/delivery-metrics.ts'
import { createGroupIds } from '../server/placement/group-id.ts'
import { Publisher } from '../server/publishing/publisher.ts'
import type { Store } from '../server/store/port.ts'
import type { EventStream } from '../server/stream/port.ts'
import { clockOf, workerContext } from '../server/worker-context.fixture.ts'
import type { Random } from './random.ts'
import type { Actor, Scheduler } from './scheduler.ts'

export interface PublishersParts {
  readonly store: Store
  readonly stream: EventStream
  readonly scheduler: Scheduler
  readonly random: Random
  readonly now: () => number
  readonly expected: (error: unknown) => boolean
  /** A mistake: runs this in place of the real step. */
  readonly mistakenStep: ((ports: { store: Store; stream: EventStream }) => Promise<unknown>) | undefined
}

export class SimulatedPublishers {
  readonly #parts: PublishersParts
  #actors: Actor[] = []

  constructor(parts: PublishersParts) {
    this.#parts = parts
  }

  spawn() {
    const { store, stream, scheduler, random, now, expected, mistakenStep } = this.#parts
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
    const actor = scheduler.spawn('publisher', async () => {
      for (;;) {
        try {
          await scheduler.rest((await step()) === 'more' ? 1 : 20)
        } catch (error) {
          if (!expected(error)) throw error
          await scheduler.rest(40)
        }
      }
    })
    this.#actors.push(actor)
  }

  /** Starts another process in its place. */
  crashOne() {
    const actor = this.#parts.random.pick(this.#actors)
    if (!actor) return
    this.#parts.scheduler.crash(actor)
    this.#actors = this.#actors.filter((other) => other !== actor)
    this.spawn()
  }

  /** By chance: freezes a running publisher, or thaws a frozen one. Returns whether it froze one. */
  freezeOrThawOne(): boolean {
    const actor = this.#parts.random.pick(this.#actors)
    if (!actor || !this.#parts.random.chance(actor.frozen ? 0.05 : 0.006)) return false
    actor.frozen = !actor.frozen
    return actor.frozen
  }

  thawAll() {
    for (const actor of this.#actors) actor.frozen = false
  }
}
