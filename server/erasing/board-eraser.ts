/**
 * Removes the rows of boards that are deleted or started over (`lib/erasing.ts`): parts with pauses, until a whole pass finds nothing, then the end in
 * one transaction. What is left is in the store, so any process can go on at any time, and several at once only do work twice.
 */
import type { CanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { erasingEnded } from '../../lib/erasing.ts'
import type { Clock } from '../clock.ts'
import type { Failpoints } from '../failpoints.ts'
import { repeatEvery, type Service, sleep } from '../lifecycle.ts'
import type { SharedModules } from '../modules/shared-modules.ts'
import type { Logger } from '../observability/log.ts'
import type { ErasePlace, Store } from '../store/port.ts'

export interface BoardEraserOptions {
  readonly store: Pick<Store, 'listCanvases' | 'getCanvas' | 'eraseRows' | 'removeCanvas' | 'updateCanvas'>
  readonly clock: Clock
  readonly newGroupId: () => string
  readonly failpoints: Failpoints
  readonly logger: Logger
  /** Whether this process works on a canvas now. Left out: on all. */
  readonly owns?: (canvas: CanvasId) => boolean
  readonly events?: {
    /** The rows of a deleted board are gone, and its id cannot be used again yet. */
    readonly beforeRemoval: (id: CanvasId) => Promise<void>
    readonly onErased: () => void
  }
  readonly rowsAtOnce?: number
}

const everyMs = 1_000
/** Placements wait while a part is removed, so a part takes some milliseconds, and the pause after it is longer. */
const defaultRowsAtOnce = 250
const pause = { factor: 3, minMs: 5 }

export class BoardEraser implements Service {
  readonly name = 'board-eraser'
  readonly #options: BoardEraserOptions

  constructor(options: BoardEraserOptions) {
    this.#options = options
  }

  run(signal: AbortSignal) {
    const step = () => this.step(signal)
    // The publisher logs that the store is unavailable.
    const onError = (err: unknown) => this.#options.logger.debug({ event: 'boards_not_erased', err })
    return repeatEvery({ everyMs, signal, step, onError })
  }

  async step(signal: AbortSignal) {
    const { store, owns, logger } = this.#options
    for (const { id, erasing } of await store.listCanvases()) {
      if (erasing == null || owns?.(id) === false) continue
      try {
        await this.erase(id, signal)
      } catch (error) {
        logger.warn({ event: 'board_not_erased', canvas: id, err: error })
      }
    }
  }

  /** Goes on until nothing is left, or the signal is aborted. */
  async erase(id: CanvasId, signal: AbortSignal) {
    const { store, clock, logger } = this.#options
    const startedAtMs = clock.monotonicNow()
    let rows = 0
    for (;;) {
      const canvas = await store.getCanvas(id)
      if (signal.aborted || canvas?.erasing == null) return
      const removed = await this.#pass(id, signal)
      rows += removed
      if (signal.aborted) return
      if (removed === 0 && (await this.#end(canvas))) {
        const ms = Math.round(clock.monotonicNow() - startedAtMs)
        return logger.info({ event: 'board_erased', canvas: id, erasing: canvas.erasing, rows, ms })
      }
    }
  }

  async #pass(id: CanvasId, signal: AbortSignal): Promise<number> {
    const { store, clock, failpoints, rowsAtOnce: limit = defaultRowsAtOnce } = this.#options
    let removed = 0
    let from: ErasePlace | null = null
    do {
      const begunAtMs = clock.monotonicNow()
      await failpoints.hit('erasing.before-part')
      const part: Awaited<ReturnType<Store['eraseRows']>> = await store.eraseRows({ id, limit, from })
      await failpoints.hit('erasing.after-part')
      removed += part.removed
      from = part.next
      if (part.removed > 0) await sleep(Math.max(pause.minMs, (clock.monotonicNow() - begunAtMs) * pause.factor), signal)
    } while (from && !signal.aborted)
    return removed
  }

  /** False when the board was changed meanwhile. */
  async #end(canvas: Canvas): Promise<boolean> {
    const { store, clock, failpoints, newGroupId, events } = this.#options
    const { id, epoch, rev } = canvas
    await failpoints.hit('erasing.before-end')
    if (canvas.erasing === 'delete') {
      await events?.beforeRemoval(id)
      await store.removeCanvas({ id, epoch })
      await failpoints.hit('erasing.after-end')
      events?.onErased()
      return true
    }
    const outcome = await store.updateCanvas({ id, change: erasingEnded, rev, groupId: newGroupId(), nowMs: clock.now() })
    await failpoints.hit('erasing.after-end')
    if (outcome.kind !== 'updated') return false
    events?.onErased()
    return true
  }
}

/** The stream forgets a deleted board, and clients get the change of the others. */
export const eraserOptions = (
  { context, storage }: Pick<SharedModules, 'context' | 'storage'>,
  wakePublisher: () => void,
): BoardEraserOptions => {
  const { clock, newGroupId, failpoints, logger } = context
  const { store, stream } = storage
  return {
    ...{ store, clock, newGroupId, failpoints, logger },
    events: {
      // Before the removal, because a new board with this id may be created and published right after it.
      async beforeRemoval(id) {
        await stream.forget(id).catch((error: unknown) => logger.warn({ event: 'stream_keeps_heads', canvas: id, err: error }))
      },
      onErased() {
        wakePublisher()
        stream.signal({ kind: 'wake' })
      },
    },
  }
}
