/** One sentence about the whole delivery: well only when every hop is. The worst thing is named first. */
import type { Overview } from './overview.ts'
import { operations } from './words/en-operations.ts'

export interface Verdict {
  readonly level: 'well' | 'waiting' | 'wrong'
  readonly title: string
  readonly body: string
}

/** A publisher polls ten times a second: what waits for so long waits for a reason. */
export const waitsLongMs = 5_000
export const lagsFar = 1_000

export const showMs = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.round(ms / 60_000)} min`
}

export const verdictOf = (overview: Overview, { isSilent, isPaused }: { isSilent: boolean; isPaused: boolean }): Verdict => {
  const { verdict } = operations
  const { store, outbox, stream, workers, groups, placements } = overview
  if (isSilent) return { level: 'wrong', ...verdict.silent }
  if (!store.connected) return { level: 'wrong', ...verdict.storeDown }
  if (outbox.dead > 0) return { level: 'wrong', ...verdict.dead(outbox.dead) }
  if (isPaused) return { level: 'waiting', ...verdict.paused }
  if (!stream.connected) return { level: 'waiting', ...verdict.streamDown }
  const idle = workers.filter(({ state }) => state !== 'running')
  if (idle.length > 0) {
    const error = idle.find(({ lastError }) => lastError !== null)?.lastError ?? null
    return { level: 'waiting', ...verdict.workers([...new Set(idle.map(({ role }) => role))], error) }
  }
  const ageMs = outbox.oldestPendingAgeMs
  if (ageMs !== null && ageMs >= waitsLongMs) return { level: 'waiting', ...verdict.waiting(showMs(ageMs)) }
  const behind = groups.find(({ lag }) => (lag ?? 0) >= lagsFar)
  if (behind) return { level: 'waiting', ...verdict.lagging(behind.name, behind.lag ?? 0) }
  return {
    level: 'well',
    ...verdict.well({
      placed: placements.perSecond.toFixed(1),
      published: outbox.publishedPerSecond.toFixed(1),
      age: ageMs === null ? null : showMs(ageMs),
    }),
  }
}
