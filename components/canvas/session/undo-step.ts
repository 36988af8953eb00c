/** A step of undo: the pixels of a click or a stroke, kept through a reload of the page. */
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { SessionEnvironment } from './types.ts'

export interface StepPixel {
  /** The key of the pixel in the overlay. */
  readonly key: string
  readonly cell: BoardPoint
  readonly color: number
  /** What the board showed below it. */
  readonly before: number
  /** The placement and its time; null while there is no answer. */
  readonly placement: { readonly id: string; readonly atMs: number } | null
}

export type Step = readonly StepPixel[]

/** A step that is being taken back. */
export interface Undoing {
  readonly pixels: Step
  /** The pixels of the step at first, and how many of them are taken back. */
  readonly of: number
  readonly done: number
  readonly startedAtMs: number
}

export interface StoredSteps {
  readonly epoch: string
  readonly steps: readonly Step[]
  readonly undoing: readonly Undoing[]
}

type StepStore = SessionEnvironment['storage']

const nameOf = (canvasId: string) => `fresco:undo:${canvasId}`

export const storeSteps = (storage: StepStore, canvasId: string, stored: StoredSteps) => {
  try {
    if (stored.steps.length + stored.undoing.length === 0) storage?.removeItem(nameOf(canvasId))
    else storage?.setItem(nameOf(canvasId), JSON.stringify(stored))
  } catch {
    // Private windows and full disks refuse to store. The steps are still in memory.
  }
}

/** Nothing if it belongs to another epoch or is malformed. */
export const loadSteps = (storage: StepStore, canvasId: string, epoch: string): StoredSteps => {
  const none: StoredSteps = { epoch, steps: [], undoing: [] }
  try {
    const stored = JSON.parse(storage?.getItem(nameOf(canvasId)) ?? 'null') as Partial<StoredSteps> | null
    if (stored?.epoch !== epoch || !Array.isArray(stored.steps) || !Array.isArray(stored.undoing)) return none
    const steps = stored.steps as Step[]
    const undoing = stored.undoing as Undoing[]
    const isValid = steps.every(isStep) && undoing.every((one) => isStep(one.pixels) && [one.of, one.done, one.startedAtMs].every(isNumber))
    return isValid ? { epoch, steps, undoing } : none
  } catch {
    return none
  }
}

const isNumber = (value: unknown) => typeof value === 'number'

const isStep = (step: Step) =>
  Array.isArray(step) &&
  step.every(({ key, cell, color, before, placement }) => {
    const isPlaced = placement === null || (typeof placement.id === 'string' && isNumber(placement.atMs))
    return typeof key === 'string' && isPlaced && [cell.gx, cell.gy, color, before].every(isNumber)
  })
