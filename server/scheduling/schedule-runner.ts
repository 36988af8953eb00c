/**
 * Runs the steps of all schedules, each at its time. Every process with the publisher role has a runner.
 *
 * A step leaves the schedule in the transaction that makes its change, and the transaction compares `rev`. So a step takes effect exactly once,
 * also when runners race, are killed, or do not get the answer of the store. What has become due while no runner was running is run in order.
 */
import type { CanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { firstCommitId } from '../../lib/plan-group.ts'
import { nextStep, type PlannedStep, planDueStep } from '../../lib/plan-step.ts'
import { type Service, sleep } from '../lifecycle.ts'
import type { OperatorWarnings } from '../observability/operator-warnings.ts'
import { RetryLoop } from '../retry-loop.ts'
import type { Store } from '../store/port.ts'
import { storeTime } from '../store/store-time.ts'
import type { WorkerContext } from '../worker-context.ts'

export interface ScheduleRunnerOptions {
  readonly store: Pick<Store, 'listCanvases' | 'updateCanvas' | 'serverTime'>
  readonly context: WorkerContext
  readonly newGroupId: () => string
  readonly warnings: Pick<OperatorWarnings, 'warn'>
  /** Whether this runner is the first to run the steps of a canvas. The others wait, so that transactions seldom conflict. */
  readonly isFirst: (canvas: CanvasId) => boolean
  /** A step has changed a canvas. */
  readonly onChanged: () => void
}

/** How often a runner looks for new and changed schedules. A step that is added shortly before its time runs at most this late. */
const pollMs = 500
/** How long a runner leaves a step that is due to the first one, which may have been killed. */
const patienceMs = 300
/** A timer may end before its time. */
const minWaitMs = 5

/** When this runner runs the canvas's next step. Infinity when there is none. */
const startOf = (canvas: Canvas, waitMs: number) => (nextStep(canvas)?.atMs ?? Number.POSITIVE_INFINITY) + waitMs

export class ScheduleRunner implements Service {
  readonly name = 'schedule'
  readonly #options: ScheduleRunnerOptions
  readonly #loop: RetryLoop

  constructor(options: ScheduleRunnerOptions) {
    this.#options = options
    const backoff = { baseMs: 100, maxMs: pollMs }
    this.#loop = new RetryLoop({ context: options.context, event: 'schedule_backs_off', backoff })
  }

  health() {
    return this.#loop.health
  }

  run(signal: AbortSignal) {
    return this.#loop.run(signal, async (succeeded) => {
      const waitMs = await this.step(signal)
      succeeded()
      await sleep(waitMs, signal)
    })
  }

  /** Runs all steps that are due. Returns the time until the next one, or until the next poll. */
  async step(signal?: AbortSignal): Promise<number> {
    const { store, context } = this.#options
    const canvases = (await store.listCanvases()).filter(nextStep)
    if (canvases.length === 0) return pollMs
    const nowMs = await storeTime(store, context.clock)
    const readAtMs = context.clock.monotonicNow()
    // One canvas must not delay another, nor prevent its steps.
    const runs = await Promise.allSettled(canvases.map((canvas) => this.#runDue(canvas, { nowMs, signal })))
    const failed = runs.find((run) => run.status === 'rejected')
    if (failed) throw failed.reason
    const nextMs = Math.min(...runs.map((run) => (run.status === 'fulfilled' ? run.value : Number.POSITIVE_INFINITY)))
    const nowLaterMs = nowMs + context.clock.monotonicNow() - readAtMs
    return Math.min(pollMs, Math.max(minWaitMs, nextMs - nowLaterMs))
  }

  /** Returns when to run the canvas's next step. */
  async #runDue(first: Canvas, { nowMs, signal }: { nowMs: number; signal: AbortSignal | undefined }): Promise<number> {
    const { store, context, newGroupId, onChanged, isFirst } = this.#options
    const waitMs = isFirst(first.id) ? 0 : patienceMs
    let canvas = first
    while (!signal?.aborted && startOf(canvas, waitMs) <= nowMs) {
      const groupId = newGroupId()
      const planned = planDueStep(canvas, { nowMs, entryId: firstCommitId(groupId) })
      if (!planned) break
      await context.failpoints.hit('schedule.before-run')
      const outcome = await store.updateCanvas({ id: canvas.id, change: planned.change, rev: canvas.rev, groupId, nowMs })
      await context.failpoints.hit('schedule.after-run')
      if (outcome.kind === 'not_found') return Number.POSITIVE_INFINITY
      canvas = outcome.canvas
      // `stale`: another runner has run the step, or somebody has changed the canvas.
      if (outcome.kind === 'stale') continue
      this.#report(canvas, planned)
      onChanged()
    }
    return startOf(canvas, waitMs)
  }

  #report({ id: canvas }: Canvas, { finished: { id: step, action, atMs, ranAtMs, error } }: PlannedStep) {
    const { context, warnings } = this.#options
    const fields = { canvas, step, type: action.type, lateMs: ranAtMs - atMs }
    context.logger.info({ event: 'schedule_step', ...fields, error })
    if (error !== null) warnings.warn('schedule_step_failed', `"${action.type}" (${step}) on the board "${canvas}": ${error}`)
  }
}
