/** Placing pixels over HTTP and sockets: the canvases, the group-commit queue and the use case. */
import type { CanvasId } from '../../lib/brand.ts'
import { type GroupRequest, isUndo, type RequestOutcome } from '../../lib/plan-group.ts'
import { createAddressBudgets } from '../placement/address-budget.ts'
import { GroupCommitQueue, type GroupCommitQueueOptions } from '../placement/group-commit-queue.ts'
import { createPlacementUseCase } from '../placement/placement-use-case.ts'
import { createUndoUseCase } from '../placement/undo-use-case.ts'
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
  const undo = createUndoUseCase({
    commitQueue,
    canvases,
    limits: access.limits,
    onOutcome: (outcome) => metrics.placed(outcome, 1),
  })
  return { canvases, commitQueue, placements, undo, tracing: context.tracing }
}

export type Placing = ReturnType<typeof createPlacing>

/** The canvases on which the painter's charges have changed. */
const changedBoards = (request: GroupRequest, outcome: RequestOutcome | undefined): Iterable<CanvasId> => {
  if (outcome?.kind === 'undone') return new Set(outcome.results.flatMap((result) => (result.ok ? [result.undo.canvas] : [])))
  return outcome?.kind === 'done' && outcome.placed > 0 && !isUndo(request) ? [request.canvas] : []
}

const createCommitQueue = ({ context, storage, wakePublisher, maxGroupPixels }: WebModuleOptions): GroupCommitQueue => {
  const { store, stream, chargeClock } = storage
  const { config, failpoints, logger, newGroupId, clock, tracing } = context
  const onCommitted: GroupCommitQueueOptions['onCommitted'] = (saved) => {
    const { requests, outcomes } = saved
    tracing?.committed(saved)
    wakePublisher()
    if (stream.kind === 'redis') stream.signal({ kind: 'wake' })
    for (const [index, request] of requests.entries()) {
      for (const canvas of changedBoards(request, outcomes[index])) stream.signal({ kind: 'me', canvas, painter: request.painter.id })
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
