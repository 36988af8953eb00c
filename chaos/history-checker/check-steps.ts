/** Checks the steps of the schedule (E1): each acknowledged one has run, and no step has run twice. */
import { controlLog } from './check-changes.ts'
import type { Findings } from './findings.ts'
import type { History } from './history.ts'

/** Returns the number of acknowledged steps. */
export const checkSteps = (history: History, findings: Findings): number => {
  const acknowledged = new Set<string>()
  const ran = new Map<string, number>()
  const finished = new Set<string>()
  let hasDeadEntries = false

  for (const entry of history()) {
    if (entry.k === 'stepScheduled') acknowledged.add(entry.id)
    else if (entry.k === 'stepFinished') finished.add(entry.id)
    else if (entry.k === 'stepWaits') findings.add('lost', `step ${entry.id} still waits`)
    else if (entry.k === 'dead' && entry.tile === controlLog) hasDeadEntries = true
    else if (entry.k === 'stepRan') {
      const before = ran.get(entry.id)
      if (before !== undefined) findings.add('doubled', `step ${entry.id} ran at change ${before} and at ${entry.seq}`)
      ran.set(entry.id, entry.seq)
    }
  }
  for (const id of acknowledged) if (!finished.has(id)) findings.add('lost', `step ${id} never finished`)
  for (const id of ran.keys()) if (!finished.has(id)) findings.add('torn', `step ${id} ran and is not finished`)
  // The entry of a step that is a dead letter is not in the log.
  for (const id of hasDeadEntries ? [] : finished) if (!ran.has(id)) findings.add('torn', `step ${id} is finished and did not run`)
  return acknowledged.size
}
