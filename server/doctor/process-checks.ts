/** Compares the processes that run beside this one. */
import type { Finding } from '../../lib/checks.ts'
import type { Overview } from '../../lib/overview.ts'
import { ok, problem, warning } from './check.ts'

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
