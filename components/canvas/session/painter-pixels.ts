/** The painter's pixels and the steps of their undo, which depend on each other. */
import { OptimisticPixels, type OptimisticPixelsOptions } from './optimistic-pixels.ts'
import type { CanvasInfo } from './types.ts'
import { UndoSteps, type UndoStepsOptions } from './undo-steps.ts'

type Options = Omit<OptimisticPixelsOptions, 'steps' | 'publish' | 'api'> &
  Pick<UndoStepsOptions, 'publish'> &
  Pick<OptimisticPixelsOptions, 'publish'> & { readonly api: OptimisticPixelsOptions['api'] & UndoStepsOptions['api'] }

export interface PainterPixels {
  readonly optimistic: OptimisticPixels
  readonly steps: UndoSteps
  readonly setCanvas: (canvas: CanvasInfo) => void
  /** The server is reachable again. */
  readonly wake: () => void
  /** Drops what is kept through a reload of the page. */
  readonly forget: () => void
  readonly dispose: () => void
}

export const createPainterPixels = (options: Options): PainterPixels => {
  const { runtime, store, api, charges, publish, notify } = options
  const optimistic: OptimisticPixels = new OptimisticPixels({ ...options, steps: () => steps })
  const steps = new UndoSteps({
    runtime,
    store,
    api,
    board: optimistic.undoBoard,
    onCharges: (undone, repeated) => charges.saved({ charges: undone.charges, createdAtMs: runtime.now(), repeated }),
    publish,
    notify,
  })
  const parts = [optimistic, steps]
  const all = (act: (part: (typeof parts)[number]) => void) => {
    for (const part of parts) act(part)
  }
  return {
    optimistic,
    steps,
    setCanvas: (canvas) => all((part) => part.setCanvas(canvas)),
    wake: () => all((part) => part.wake()),
    forget: () => all((part) => part.forget()),
    dispose: () => all((part) => part.dispose()),
  }
}
