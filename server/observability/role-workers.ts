/** Merges the services of a role into one worker for the overview. The worker has the state of its worst service. */
import type { ServiceHealth } from '../lifecycle.ts'
import type { WorkerReport } from './process-report.ts'

export interface RoleServices {
  readonly role: string
  readonly services: readonly string[]
  readonly processed: () => number
}

const badness = { running: 0, backing_off: 1, stopped: 2 } as const
/** Each heartbeat has the text of the last error. */
const maxErrorLength = 200

export const roleWorkers = (roles: readonly RoleServices[], healths: readonly ServiceHealth[]): WorkerReport[] =>
  roles.flatMap(({ role, services, processed }) => {
    const mine = healths.filter(({ name }) => services.includes(name)).sort((a, b) => badness[b.state] - badness[a.state])
    const [worst] = mine
    if (!worst) return []
    const failed = mine.find(({ lastError }) => lastError !== null)
    const error = failed?.lastError && (services.length > 1 ? `${failed.name}: ${failed.lastError}` : failed.lastError)
    return {
      role,
      state: worst.state,
      startedAtMs: Math.min(...mine.map(({ startedAtMs }) => startedAtMs)),
      processed: processed(),
      failures: mine.reduce((sum, { failures }) => sum + failures, 0),
      lastError: error?.slice(0, maxErrorLength) ?? null,
    }
  })
