/** The time between an opening and the closing after it, in the phases that painters notice. */
import { timeOfLocal } from './local-time.ts'
import type { StepTexts } from './step-edits.ts'

export interface Phase {
  readonly kind: 'open' | 'paused' | 'finale'
  readonly ms: number
}

/** The phases of the planned event. `openSinceMs` is set when the board is open already. Empty without an opening or a closing. */
export const eventPhases = (steps: readonly StepTexts[], openSinceMs: number | null): Phase[] => {
  const timed = steps
    .flatMap((step) => {
      const atMs = timeOfLocal(step.at)
      return atMs === null ? [] : [{ step, atMs }]
    })
    .sort((a, b) => a.atMs - b.atMs)
  const phases: Phase[] = []
  let kind: Phase['kind'] | null = openSinceMs === null ? null : 'open'
  let sinceMs = openSinceMs ?? 0
  for (const { step, atMs } of timed) {
    const next = kindAfter(step, kind)
    if (kind !== null && next !== kind) phases.push({ kind, ms: Math.max(0, atMs - sinceMs) })
    if (kind !== null && next === null) return phases
    if (next !== kind) sinceMs = atMs
    kind = next
  }
  return []
}

/** Null before the opening and after the closing. */
const kindAfter = ({ type, color }: StepTexts, kind: Phase['kind'] | null): Phase['kind'] | null => {
  if (type === 'open') return 'open'
  if (type === 'close') return null
  if (kind !== null && type === 'pause') return 'paused'
  if (kind === 'open' && type === 'finale' && color !== null) return 'finale'
  return kind === 'finale' && type === 'finale' ? 'open' : kind
}
