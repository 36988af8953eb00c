/**
 * Supervises services and stops the process. One supervisor owns the backoff, restart and health of all services. Every part registers its
 * stop here, and only this file ends the process (A7).
 */
import { within } from './clock.ts'
import type { Logger } from './observability/log.ts'
import { writeFaultOf } from './observability/write-watch.ts'

/** A long-running part. `run` continues until the signal is aborted, finishes its current step, and resolves. It rejects when it fails. */
export interface Service {
  readonly name: string
  run(signal: AbortSignal): Promise<void>
  /** The state of a service that handles its failures itself. */
  health?(): OwnHealth
}

export type ServiceState = 'running' | 'backing_off' | 'stopped'

export interface OwnHealth {
  readonly state: ServiceState
  readonly failures: number
  readonly lastError: string | null
}

export interface ServiceHealth extends OwnHealth {
  readonly name: string
  readonly startedAtMs: number
}

/** Exponential, with full jitter: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015). `attempt` counts from 1. */
export const backoffMs = (attempt: number, random: () => number, options = { baseMs: 100, maxMs: 5_000 }) =>
  Math.ceil(random() * Math.min(options.maxMs, options.baseMs * 2 ** Math.min(attempt - 1, 20)))

/** Whether to log this attempt: the 1st, 2nd, 4th, 8th … of a failure that repeats. */
export const shouldLog = (attempt: number) => (attempt & (attempt - 1)) === 0

/** Waits until the time is over or the signal is aborted. Never rejects. `whenAsleep` gets a function that ends the wait earlier. */
export const sleep = (ms: number, signal: AbortSignal, whenAsleep?: (wakeUp: () => void) => void) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    whenAsleep?.(done)
  })

/** Waits and runs `step`, until the signal is aborted. */
export const repeatEvery = async (options: {
  readonly everyMs: number
  readonly signal: AbortSignal
  readonly step: () => Promise<void>
  readonly onError: (error: unknown) => void
}) => {
  const { everyMs, signal, step, onError } = options
  for (;;) {
    await sleep(everyMs, signal)
    if (signal.aborted) return
    await step().catch(onError)
  }
}

export interface Supervisor {
  start(service: Service): void
  health(): ServiceHealth[]
  /** Aborts every service and waits for them. */
  stop(): Promise<void>
}

/** After a run of this length, the backoff starts from the beginning. */
const settledMs = 30_000

export const createSupervisor = (options: {
  logger: Logger
  now: () => number
  /** For the length of a run; by default `now`. */
  monotonicNow?: () => number
  random: () => number
}): Supervisor => {
  const { monotonicNow = options.now } = options
  const controller = new AbortController()
  const running: Promise<void>[] = []
  const healths: { -readonly [K in keyof ServiceHealth]: ServiceHealth[K] }[] = []
  const started: Service[] = []

  const supervise = async (service: Service) => {
    const health = {
      name: service.name,
      state: 'running' as ServiceState,
      failures: 0,
      lastError: null as string | null,
      startedAtMs: options.now(),
    }
    healths.push(health)
    started.push(service)
    let attempt = 0
    while (!controller.signal.aborted) {
      health.state = 'running'
      const ranFromMs = monotonicNow()
      try {
        await service.run(controller.signal)
        break
      } catch (error) {
        attempt = monotonicNow() - ranFromMs > settledMs ? 1 : attempt + 1
        health.failures++
        health.lastError = error instanceof Error ? error.message : String(error)
        health.state = 'backing_off'
        const waitMs = backoffMs(attempt, options.random)
        if (writeFaultOf(error) === null)
          options.logger.error({ event: 'service_failed', service: service.name, attempt, waitMs, err: error })
        await sleep(waitMs, controller.signal)
      }
    }
    health.state = 'stopped'
  }

  return {
    start: (service) => void running.push(supervise(service)),
    health: () =>
      healths.map((health, index) => {
        const own = health.state === 'running' ? started[index]?.health?.() : undefined
        if (!own) return { ...health }
        const { state, failures, lastError } = own
        return { ...health, state, failures: health.failures + failures, lastError: lastError ?? health.lastError }
      }),
    async stop() {
      controller.abort()
      await Promise.all(running)
    },
  }
}

/** `failed`: the stop of one part threw; the others were stopped. */
export type StopResult = 'clean' | 'failed' | 'timed_out'

export interface Lifecycle {
  /** Stops run one after another, in reverse order of their registration. */
  onStop(name: string, stop: () => Promise<void> | void): void
  /** Runs all stops once, within the grace period. Never rejects. */
  stop(reason: string): Promise<StopResult>
  /** Makes SIGTERM and SIGINT stop the process with exit code 0. A second signal ends it at once. */
  listenForSignals(): void
  /** Stops the process after a fatal error, with exit code 1. */
  fail(reason: string, error: unknown): Promise<void>
}

export const createLifecycle = (options: { logger: Logger; graceMs: number; exit?: (code: number) => void }): Lifecycle => {
  const exit = options.exit ?? ((code: number) => process.exit(code))
  const stops: { name: string; stop: () => Promise<void> | void }[] = []
  let stopping: Promise<StopResult> | null = null
  let failed = false
  /** The part that is being stopped. */
  let part = 'nothing'

  const runStops = async () => {
    // A stop may request a stop itself. `stopping` must be set by then, or the stops would run again.
    await Promise.resolve()
    let result: StopResult = 'clean'
    for (const { name, stop } of stops.reverse()) {
      part = name
      try {
        await stop()
      } catch (error) {
        result = 'failed'
        options.logger.error({ event: 'stop_failed', part, err: error })
      }
    }
    return result
  }

  const stop = (reason: string) => {
    stopping ??= (async () => {
      options.logger.info({ event: 'stopping', reason })
      const result: StopResult = await within(options.graceMs, runStops(), () => new Error('late')).catch(() => 'timed_out')
      options.logger[result === 'clean' ? 'info' : 'error']({ event: 'stopped', result, ...(result === 'timed_out' ? { part } : {}) })
      return result
    })()
    return stopping
  }

  return {
    onStop: (name, stopPart) => void stops.push({ name, stop: stopPart }),
    stop,
    listenForSignals() {
      const onSignal = (signal: NodeJS.Signals) => {
        if (stopping) return exit(130)
        void stop(signal).then((result) => exit(result === 'clean' && !failed ? 0 : 1))
      }
      process.on('SIGTERM', onSignal)
      process.on('SIGINT', onSignal)
    },
    async fail(reason, error) {
      failed = true
      options.logger.fatal({ event: 'fatal', reason, err: error })
      await stop(reason)
      exit(1)
    },
  }
}
