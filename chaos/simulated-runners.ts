/** Several real runners of the schedule. */
import { ScheduleRunner } from '../server/scheduling/schedule-runner.ts'
import type { Store } from '../server/store/port.ts'
import { clockOf, workerContext } from '../server/worker-context.fixture.ts'
import { SimulatedWorkers, type WorkersParts } from './simulated-workers.ts'

export interface RunnersParts extends WorkersParts {
  readonly store: Store
  readonly now: () => number
  /** A mistake: runs this in place of the real step. */
  readonly mistakenStep: ((parts: RunnerStep) => Promise<unknown>) | undefined
}

export interface RunnerStep {
  readonly store: Store
  readonly nowMs: number
  readonly newGroupId: () => string
}

export const simulatedRunners = (parts: RunnersParts) => {
  const { store, random, now, mistakenStep } = parts
  let groups = 0
  const newGroupId = () => `step${groups++}`
  const start = () => {
    const runner = new ScheduleRunner({
      store,
      context: workerContext({ clock: clockOf(now), random: random.next }),
      newGroupId,
      warnings: { warn: () => undefined },
      isFirst: () => true,
      onChanged: () => undefined,
    })
    return async () => {
      await (mistakenStep ? mistakenStep({ store, nowMs: now(), newGroupId }) : runner.step())
      return 60
    }
  }
  return new SimulatedWorkers(parts, { name: 'runner', start })
}
