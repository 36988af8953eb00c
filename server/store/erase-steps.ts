/** A pass of `eraseRows`: the steps of an adapter, one after another. */
import { type ErasePlace, StoreError } from './port.ts'

/** Removes up to `limit` rows after `after`. `after` is null in the answer when nothing is left of this step. */
export type EraseStep<Result> = (options: { limit: number; after: string }) => Result
export interface StepDone {
  readonly removed: number
  readonly after: string | null
}

export const nothingLeft: StepDone = { removed: 0, after: null }
export const firstPlace: ErasePlace = { step: 0, after: '' }

/** The place after a step. Null at the end of the pass. */
export const placeAfter = ({ step }: ErasePlace, { after }: StepDone, steps: number): ErasePlace | null => {
  if (after !== null) return { step, after }
  return step + 1 < steps ? { step: step + 1, after: '' } : null
}

/** For a projection of a history that was erased. The projector reads the canvas again before the next try. */
export const erasedMeanwhile = () => new StoreError('contested', 'The board was deleted or started over meanwhile.')
