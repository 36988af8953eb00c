/** The last hour for the charts: lines with a gap where points are missing, and bands where something failed. */
import { type FaultKind, faultKinds, type OverviewPoint } from './overview.ts'

export interface Line {
  /** Milliseconds since the Unix epoch, ascending. */
  readonly atMs: readonly number[]
  /** A point at each time; null where the line has a gap. */
  readonly points: readonly (OverviewPoint | null)[]
}

export interface FaultBand {
  readonly kind: FaultKind
  readonly fromMs: number
  readonly toMs: number
  /** The length of the downtime, which may be shorter than a point. */
  readonly ms: number
}

const everyMs = 10_000
/** A point may be a little late. Two missing points make a gap. */
const gapMs = 25_000

export const lineOf = (history: readonly OverviewPoint[]): Line => {
  const atMs: number[] = []
  const points: (OverviewPoint | null)[] = []
  for (const point of history) {
    const pointMs = Date.parse(point.at)
    const lastMs = atMs.at(-1)
    if (lastMs !== undefined && pointMs - lastMs > gapMs) {
      atMs.push(lastMs + everyMs)
      points.push(null)
    }
    atMs.push(pointMs)
    points.push(point)
  }
  return { atMs, points }
}

/** One band for each series of points with the same fault, ordered by start. */
export const bandsOf = (history: readonly OverviewPoint[]): FaultBand[] =>
  faultKinds.flatMap((kind) => bandsOfKind(history, kind)).sort((a, b) => a.fromMs - b.fromMs)

const bandsOfKind = (history: readonly OverviewPoint[], kind: FaultKind): FaultBand[] => {
  const bands: FaultBand[] = []
  let open: { fromMs: number; toMs: number; ms: number; endMs: number } | null = null
  for (const { at, faultMs } of history) {
    const endMs = Date.parse(at)
    const ms = faultMs[kind]
    if (ms <= 0) continue
    if (open && endMs - open.endMs <= gapMs) {
      // The fault began before this point, so it covers this point from its start.
      open.toMs = endMs - everyMs + ms
      open.ms += ms
      open.endMs = endMs
    } else {
      if (open) bands.push({ kind, fromMs: open.fromMs, toMs: open.toMs, ms: open.ms })
      open = { fromMs: endMs - ms, toMs: endMs, ms, endMs }
    }
  }
  if (open) bands.push({ kind, fromMs: open.fromMs, toMs: open.toMs, ms: open.ms })
  return bands
}
