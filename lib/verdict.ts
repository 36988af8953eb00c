/** One sentence about the whole delivery: well only when every hop is. The worst thing is named first, with the station where it is. */
import { isSetupWarning } from './operator-warning.ts'
import type { Overview, WorkerOverview } from './overview.ts'
import { operations } from './words/en-operations.ts'

export type StationName = keyof typeof operations.stations

export interface Verdict {
  readonly level: 'well' | 'waiting' | 'wrong'
  /** Where on a pixel's way it is; null when it is nowhere, or beside the way. */
  readonly station: StationName | null
  readonly title: string
  readonly body: string
}

/** A publisher polls ten times a second: what waits for so long waits for a reason. */
export const waitsLongMs = 5_000
/** Entries that a group has not read or not acknowledged. */
export const lagsFar = 1_000

/** SQLite's log alone can grow to this. */
export const littleDiskBytes = 64 * 1_048_576

const showMegabytes = (bytes: number) => `${Math.floor(bytes / 1_048_576)} MB`

const stationOfRole: Readonly<Record<string, StationName>> = { web: 'gateways', publisher: 'outbox' }

export const showMs = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.round(ms / 60_000)} min`
}

export const verdictOf = (overview: Overview, { isSilent, isPaused }: { isSilent: boolean; isPaused: boolean }): Verdict => {
  const { verdict } = operations
  const { store, outbox, stream, workers, groups, placements } = overview
  const wrong = (station: StationName | null, words: { title: string; body: string }): Verdict => ({ level: 'wrong', station, ...words })
  const waiting = (station: StationName | null, words: { title: string; body: string }): Verdict => ({
    level: 'waiting',
    station,
    ...words,
  })

  if (isSilent) return wrong(null, verdict.silent)
  if (!store.connected) return wrong('placed', verdict.storeDown)
  if (store.cannotWrite) return wrong('placed', verdict.cannotSave(store.cannotWrite))
  if (outbox.stuck > 0 && stream.connected && !isPaused) return wrong('outbox', verdict.stuck(outbox.stuck))
  if (outbox.dead > 0) return wrong('outbox', verdict.dead(outbox.dead))
  if (!workers.some(({ role, state }) => role === 'publisher' && state !== 'lost')) return wrong('outbox', verdict.nobodyPublishes)
  if (isPaused) return waiting('outbox', verdict.paused)
  if (!stream.connected) return waiting('stream', verdict.streamDown)
  if (stream.cannotWrite) return waiting('stream', verdict.streamRefuses(stream.cannotWrite))
  const lost = workers.filter(({ state }) => state === 'lost')
  if (lost.length > 0) return waiting(stationOf(lost), verdict.lost(rolesOf(lost), processesOf(lost)))
  const idle = workers.filter(({ state }) => state !== 'running')
  if (idle.length > 0) {
    const error = idle.find(({ lastError }) => lastError !== null)?.lastError ?? null
    return waiting(stationOf(idle), verdict.workers(rolesOf(idle), error))
  }
  const freeBytes = store.diskFreeBytes
  if (freeBytes !== null && freeBytes < littleDiskBytes) return waiting('placed', verdict.littleDisk(showMegabytes(freeBytes)))
  const ageMs = outbox.oldestPendingAgeMs
  if (ageMs !== null && ageMs >= waitsLongMs) return waiting('outbox', verdict.waiting(showMs(ageMs)))
  const behind = groups.find(({ lag, pending }) => (lag ?? 0) + pending >= lagsFar)
  if (behind)
    return waiting(behind.kind === 'broadcast' ? 'gateways' : null, verdict.lagging(behind.name, (behind.lag ?? 0) + behind.pending))
  const warning = overview.warnings.find(isSetupWarning)
  if (warning) {
    const { title, remedy } = operations.warnings.words[warning.code]
    return waiting(warning.code === 'session_of_another_process' ? 'screens' : null, { title, body: remedy })
  }
  return {
    level: 'well',
    station: null,
    ...verdict.well({
      placed: placements.perSecond,
      published: outbox.publishedPerSecond,
      age: ageMs === null ? null : showMs(ageMs),
    }),
  }
}

/** For how long, to the second: digits that nobody needs would only move. */
export const showSeconds = (ms: number): string => (ms < 90_000 ? `${Math.round(ms / 1_000)} s` : showMs(ms))

const rolesOf = (workers: readonly WorkerOverview[]) => [...new Set(workers.map(({ role }) => role))]

/** A worker's id is its role and its process's id. */
const processesOf = (workers: readonly WorkerOverview[]) => new Set(workers.map(({ role, id }) => id.slice(role.length))).size

const stationOf = (workers: readonly WorkerOverview[]) => stationOfRole[workers[0]?.role ?? ''] ?? null
