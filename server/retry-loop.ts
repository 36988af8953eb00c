/** Repeats the work of a service until the service is stopped. After a failure it backs off, and its health shows the failure. */
import { backoffMs, type OwnHealth, type ServiceState, shouldLog, sleep } from './lifecycle.ts'
import { writeFaultOf } from './observability/write-watch.ts'
import type { WorkerContext } from './worker-context.ts'

export interface RetryLoopOptions {
  readonly context: Pick<WorkerContext, 'logger' | 'random'>
  /** The log event of a failure. */
  readonly event: string
  readonly fields?: Readonly<Record<string, string>>
  readonly backoff: { readonly baseMs: number; readonly maxMs: number }
}

export class RetryLoop {
  readonly #options: RetryLoopOptions
  #state: ServiceState = 'running'
  #failures = 0
  #lastError: string | null = null

  constructor(options: RetryLoopOptions) {
    this.#options = options
  }

  get health(): OwnHealth {
    return { state: this.#state, failures: this.#failures, lastError: this.#lastError }
  }

  /** Counts a failure that does not end the work. */
  noteFailure(error: unknown) {
    this.#failures++
    this.#lastError = error instanceof Error ? error.message : String(error)
  }

  /** `work` calls `succeeded` after each step, so that the next backoff starts from the beginning. */
  async run(signal: AbortSignal, work: (succeeded: () => void) => Promise<void>) {
    const { context, event, fields, backoff } = this.#options
    let attempt = 0
    const succeeded = () => {
      this.#state = 'running'
      attempt = 0
    }
    while (!signal.aborted) {
      try {
        await work(succeeded)
      } catch (error) {
        if (signal.aborted) break
        attempt++
        this.#state = 'backing_off'
        this.noteFailure(error)
        const waitMs = backoffMs(attempt, context.random, backoff)
        // `write-watch.ts` logs a store or stream that refuses writes.
        if (shouldLog(attempt) && writeFaultOf(error) === null) context.logger.warn({ event, ...fields, attempt, waitMs, err: error })
        await sleep(waitMs, signal)
      }
    }
    this.#state = 'stopped'
  }
}
