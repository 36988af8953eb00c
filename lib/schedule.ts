/** The schedule of a canvas: steps that run once, each at its time. */
import type { Announcement } from './announcement.ts'

export type StepAction =
  | { readonly type: 'open' | 'pause' | 'close' }
  | { readonly type: 'pace'; readonly cooldownMs?: number; readonly maxCharges?: number; readonly startCharges?: number }
  | { readonly type: 'grow'; readonly width: number; readonly height: number }
  /** Appended to the palette. `names` has one for each, or is empty. */
  | { readonly type: 'colors'; readonly colors: readonly string[]; readonly names: readonly string[] }
  | ({ readonly type: 'announce'; readonly lastsMs: number | null } & Pick<Announcement, 'text' | 'level'>)
  /** An index into the palette, or null for the end of the finale. */
  | { readonly type: 'finale'; readonly color: number | null }

export interface ScheduledStep {
  /** 1 to 32 of `a-z 0-9 -`, once in a schedule. */
  readonly id: string
  readonly atMs: number
  readonly action: StepAction
}

export interface FinishedStep extends ScheduledStep {
  readonly ranAtMs: number
  /** Why the step could not change the canvas. Null when it did. */
  readonly error: string | null
}
