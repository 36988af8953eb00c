/** What every worker of a process (publisher, broadcaster, projector) uses besides its own parts. */
import type { Clock } from './clock.ts'
import type { Failpoints } from './failpoints.ts'
import type { Logger } from './observability/log.ts'

export interface WorkerContext {
  readonly logger: Logger
  readonly failpoints: Failpoints
  readonly clock: Clock
  readonly random: () => number
}
