/** Compares the processes that run beside this one. */
import type { Finding } from '../../lib/checks.ts'
import type { Overview } from '../../lib/overview.ts'
import { ok, problem, unknown, warning } from './check.ts'

type Workers = Overview['workers']

/** A worker's id is its role and its process's id. */
const processOf = ({ id, role }: Workers[number]) => id.slice(role.length + 1)
const alive = (workers: Workers) => workers.filter(({ state }) => state !== 'lost')

export const countWebProcesses = ({ workers }: Pick<Overview, 'workers'>): number =>
  alive(workers).filter(({ role }) => role === 'web').length

export const assessProcesses = ({ workers, warnings, version }: Pick<Overview, 'workers' | 'warnings' | 'version'>): Finding => {
  const streams = warnings.find(({ code }) => code === 'partitions_differ')
  if (streams) return problem('streams_differ', { streams: streams.detail })
  const versions = new Set(alive(workers).map((worker) => worker.version ?? '?'))
  if (versions.size > 1) return warning('processes_differ', { versions: [...versions].sort().join(', ') })
  return ok('processes', { count: new Set(alive(workers).map(processOf)).size, version })
}

const hourMs = 3_600_000

/** `intervalMs` is null in a process without BACKUP_DIR, while another one may make backups. */
export const assessBackups = (
  { isScheduled, isOverdue, ageMs, problem: failure }: Overview['backups'],
  intervalMs: number | null,
): Finding => {
  if (failure) return problem('backups_failed', { reason: failure.detail })
  if (ageMs === null) return isScheduled ? warning('backups_none') : unknown('backups_off')
  const hours = Math.round(ageMs / hourMs)
  if (isOverdue && intervalMs !== null) return problem('backups_old', { hours, interval: intervalMs / hourMs })
  return ok('backups', { hours })
}
