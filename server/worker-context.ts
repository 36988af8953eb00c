/** The logger, failpoints, clock and randomness of every worker (publisher, broadcaster, projector). */
import type { Clock } from './clock.ts'
import type { Failpoints } from './failpoints.ts'
import type { Logger } from './observability/log.ts'
import type { PixelTracing } from './telemetry/pixel-tracing.ts'

export interface WorkerContext {
  readonly logger: Logger
  readonly failpoints: Failpoints
  readonly clock: Clock
  readonly random: () => number
  /** Undefined: pixels are not traced. */
  readonly tracing?: PixelTracing | undefined
}
