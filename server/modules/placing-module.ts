/** Placing pixels over HTTP and sockets: the canvases, the group-commit queue and the use case. */
import { createAddressBudgets } from '../placement/address-budget.ts'
import { GroupCommitQueue, type GroupCommitQueueOptions } from '../placement/group-commit-queue.ts'
import { createPlacementUseCase } from '../placement/placement-use-case.ts'
import { createCanvasCache } from '../store/canvas-cache.ts'
import type { WebModuleOptions } from './web-module.ts'

export const createPlacing = (options: WebModuleOptions) => {
  const { context, observability, storage, access } = options
  const { config, clock } = context
  const { metrics, processMetrics } = observability
  const canvases = createCanvasCache({ store: storage.store, now: clock.monotonicNow })
  const commitQueue = createCommitQueue(options)
  const budgets = createAddressBudgets({
    painters: config.rateLimits ? config.addressPainters : 0,
    monotonicNow: clock.monotonicNow,
  })
  const placements = createPlacementUseCase({
    commitQueue,
    canvases,
    limits: access.limits,
    budgets,
    tracing: context.tracing,
    onOutcome(outcome, canvas) {
      metrics.placed(outcome, 1)
      if (canvas !== null) processMetrics.placed(1, canvas)
    },
  })
  return { canvases, commitQueue, placements, tracing: context.tracing }
}

export type Placing = ReturnType<typeof createPlacing>

const createCommitQueue = ({ context, storage, wakePublisher, maxGroupPixels }: WebModuleOptions): GroupCommitQueue => {
  const { store, stream, chargeClock } = storage
  const { config, failpoints, logger, newGroupId, clock, tracing } = context
  const onCommitted: GroupCommitQueueOptions['onCommitted'] = (saved) => {
    const { requests, outcomes } = saved
    tracing?.committed(saved)
    wakePublisher()
    if (stream.kind === 'redis') stream.signal({ kind: 'wake' })
    for (const [index, { painter, canvas }] of requests.entries()) {
      const outcome = outcomes[index]
      if (outcome?.kind === 'done' && outcome.placed > 0) stream.signal({ kind: 'me', canvas, painter: painter.id })
    }
  }
  return new GroupCommitQueue({
    store,
    clock: { ...clock, chargesNow: chargeClock.now },
    newGroupId,
    failpoints,
    logger,
    bounds: maxGroupPixels === undefined ? {} : { maxGroupPixels },
    onCommitted,
    commitDelayMs: config.commitDelayMs,
  })
}
