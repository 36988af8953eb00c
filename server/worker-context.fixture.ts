/** A context for workers under test: silent, without failpoints, with a clock that stands still and backoffs of zero. */
import type { Clock } from './clock.ts'
import { noFailpoints } from './failpoints.ts'
import { silentLogger } from './observability/log.ts'
import type { WorkerContext } from './worker-context.ts'

export const clockOf = (now: () => number): Clock => ({ now, monotonicNow: now })

export const workerContext = (overrides: Partial<WorkerContext> = {}): WorkerContext => ({
  logger: silentLogger,
  failpoints: noFailpoints,
  clock: clockOf(() => 5_000),
  random: () => 0,
  ...overrides,
})
