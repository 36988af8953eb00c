/** Memory and handles of a process over time, read from /proc. A soak checks them for growth. */
import { readdirSync, readFileSync } from 'node:fs'

const pageBytes = 4_096
const mib = 1_048_576

export interface Vitals {
  readonly atMs: number
  readonly residentBytes: number
  /** Open files and sockets. */
  readonly handles: number
}

/** @throws if there is no such process. */
export const readVitals = (pid: number, atMs: number): Vitals => ({
  atMs,
  residentBytes: Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes,
  handles: readdirSync(`/proc/${pid}/fd`).length,
})

/** The least-squares slope per minute; NaN for fewer than two points. */
export const slopePerMinute = (points: readonly { readonly atMs: number; readonly value: number }[]): number => {
  const count = points.length
  const meanAt = points.reduce((sum, { atMs }) => sum + atMs, 0) / count
  const mean = points.reduce((sum, { value }) => sum + value, 0) / count
  const covariance = points.reduce((sum, { atMs, value }) => sum + (atMs - meanAt) * (value - mean), 0)
  const variance = points.reduce((sum, { atMs }) => sum + (atMs - meanAt) ** 2, 0)
  return (covariance / variance) * 60_000
}

/** The lowest sample of each stretch of time. */
export const floorOf = (samples: readonly Vitals[], by: 'residentBytes' | 'handles', stretchMs: number): Vitals[] => {
  const lowest = new Map<number, Vitals>()
  for (const sample of samples) {
    const stretch = Math.floor(sample.atMs / stretchMs)
    const known = lowest.get(stretch)
    if (!known || sample[by] < known[by]) lowest.set(stretch, sample)
  }
  return [...lowest.values()]
}

export interface Course {
  readonly name: string
  /** The lowest value of the first and of the last stretch of time. */
  readonly firstMib: number
  readonly lastMib: number
  readonly mostMib: number
  readonly mibPerMinute: number
  /** The same for handles. */
  readonly handlesFirst: number
  readonly handlesLast: number
  readonly handlesPerMinute: number
}

/**
 * How memory and handles of one process developed after its warm-up. Null when there are too few samples. Compares the lowest values, because V8
 * lets a heap grow to about twice its used size before a full collection; a leak is never freed and raises the lowest value.
 */
export const courseOf = (name: string, samples: readonly Vitals[], options: { warmUpMs: number; stretchMs: number }): Course | null => {
  const beganMs = samples[0]?.atMs ?? 0
  const warm = samples.filter(({ atMs }) => atMs - beganMs >= options.warmUpMs)
  const floor = floorOf(warm, 'residentBytes', options.stretchMs)
  const handles = floorOf(warm, 'handles', options.stretchMs)
  if (floor.length < 3) return null
  return {
    name,
    firstMib: (floor[0]?.residentBytes ?? 0) / mib,
    lastMib: (floor.at(-1)?.residentBytes ?? 0) / mib,
    mostMib: Math.max(...warm.map(({ residentBytes }) => residentBytes)) / mib,
    mibPerMinute: slopePerMinute(floor.map(({ atMs, residentBytes }) => ({ atMs, value: residentBytes / mib }))),
    handlesFirst: handles[0]?.handles ?? 0,
    handlesLast: handles.at(-1)?.handles ?? 0,
    handlesPerMinute: slopePerMinute(handles.map((sample) => ({ atMs: sample.atMs, value: sample.handles }))),
  }
}
