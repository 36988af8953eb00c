/**
 * The history checker: decides from a recorded history alone whether A1 to A5 held. It shares nothing with the server but the codec of packed
 * frames. The history is read three times and never held: memory grows with the log (some thirty bytes a placement) and not with what clients got.
 */
import { type ClientCounts, checkClients } from './check-clients.ts'
import { checkPlacements, type PlacementCounts } from './check-placements.ts'
import { Findings } from './findings.ts'
import type { History } from './history.ts'
import { readLogs } from './logs.ts'

export interface Verdict extends PlacementCounts, ClientCounts {
  readonly logged: number
  readonly commits: number
  readonly findings: Findings
}

/** @throws when the history is none. */
export const checkHistory = (history: History): Verdict => {
  const findings = new Findings()
  const logs = readLogs(history, findings)
  const placements = checkPlacements(history, logs, findings)
  const clients = checkClients(history, logs, findings)
  const all = [...logs.tiles.values()]
  return {
    ...placements,
    ...clients,
    logged: all.reduce((sum, log) => sum + log.range(1, log.head)[1], 0),
    commits: all.reduce((sum, log) => sum + log.head, 0),
    findings,
  }
}
