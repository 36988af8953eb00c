/** The record of what staff do, a part of the store's port. */
import { type Act, type ActOutcome, actLimits } from '../../lib/act.ts'

export interface ActQuery {
  /** Acts with a lower id only; null for the newest. */
  readonly before: string | null
  readonly limit: number
  /** The part of `action` before its dot. */
  readonly kind?: string | null
  readonly target?: string | null
}

/** Every call can be repeated after an unknown outcome. */
export interface ActStore {
  /** Also removes the acts beyond `actLimits.maxActs`, and those older than `actLimits.keptMs` (A6). An id that is stored changes nothing. */
  saveAct(act: Act): Promise<void>
  /** Sets the outcome of an act that has none. */
  endAct(end: ActEnd): Promise<void>
  /** Newest first. */
  readActs(query: ActQuery): Promise<Act[]>
}

export interface ActEnd {
  readonly id: string
  readonly outcome: ActOutcome
  readonly code: string | null
}

/** The body of a stored act. Its other fields have columns of their own. */
export type ActBody = Pick<Act, 'by' | 'via' | 'details'>

export const bodyOf = ({ by, via, details }: Act) => JSON.stringify({ by, via, details } satisfies ActBody)

/** Acts from before this time are removed when an act of `atMs` is saved. */
export const keptSince = ({ atMs }: Pick<Act, 'atMs'>) => atMs - actLimits.keptMs
