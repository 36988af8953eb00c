/**
 * The history checker: decides from a recorded history alone whether A1 to A5, C3 and E1 held. It shares only the codec of packed frames with the
 * server. It reads the history seven times in pieces, so that memory grows with the log (about thirty bytes a placement) only.
 */
import { checkChanges } from './check-changes.ts'
import { type ClientCounts, checkClients } from './check-clients.ts'
import { checkGrowth } from './check-growth.ts'
import { checkPlacements, type PlacementCounts } from './check-placements.ts'
import { checkSteps } from './check-steps.ts'
import { checkUndos, type UndoCounts } from './check-undos.ts'
import { Findings } from './findings.ts'
import type { History } from './history.ts'
import { readLogs } from './logs.ts'

export interface Verdict extends PlacementCounts, UndoCounts, ClientCounts {
  readonly logged: number
  readonly commits: number
  /** Acknowledged changes of the canvas. */
  readonly changes: number
  /** Acknowledged steps of its schedule. */
  readonly steps: number
  readonly findings: Findings
}

/** @throws if the input is not a history. */
export const checkHistory = (history: History): Verdict => {
  const findings = new Findings()
  const logs = readLogs(history, findings)
  const placements = checkPlacements(history, logs, findings)
  const undos = checkUndos(history, logs, findings)
  const clients = checkClients(history, logs, findings)
  const changes = checkChanges(history, findings)
  checkGrowth(history, logs, findings)
  const steps = checkSteps(history, findings)
  const all = [...logs.tiles.values()]
  return {
    ...placements,
    ...undos,
    ...clients,
    changes,
    steps,
    logged: all.reduce((sum, log) => sum + log.range(1, log.head)[1], 0),
    commits: all.reduce((sum, log) => sum + log.head, 0),
    findings,
  }
}
