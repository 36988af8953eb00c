/** The last hour as the charts draw it: lines with a gap where no point arrived, and bands where something failed. */
import { type FaultKind, faultKinds, type OverviewPoint } from './overview.ts'

export interface Line {
  /** Milliseconds since the Unix epoch, ascending. */
  readonly atMs: readonly number[]
  /** A point at each time; null in a hole, where a line must not go on. */
  readonly points: readonly (OverviewPoint | null)[]
}

export interface FaultBand {
  readonly kind: FaultKind
  readonly fromMs: number
  readonly toMs: number
  /** For how long it was so: a band that begins and ends inside one point is shorter than the point. */
  readonly ms: number
}

const everyMs = 10_000
/** A point may come a little late; two in a row that are missing are a hole. */
const holeMs = 25_000

export const lineOf = (history: readonly OverviewPoint[]): Line => {
  const atMs: number[] = []
  const points: (OverviewPoint | null)[] = []
  for (const point of history) {
    const pointMs = Date.parse(point.at)
    const lastMs = atMs.at(-1)
    if (lastMs !== undefined && pointMs - lastMs > holeMs) {
      atMs.push(lastMs + everyMs)
      points.push(null)
    }
    atMs.push(pointMs)
    points.push(point)
  }
  return { atMs, points }
}

/** One band for each run of points with the same fault, in the order of their beginnings. */
export const bandsOf = (history: readonly OverviewPoint[]): FaultBand[] =>
  faultKinds.flatMap((kind) => bandsOfKind(history, kind)).sort((a, b) => a.fromMs - b.fromMs)

const bandsOfKind = (history: readonly OverviewPoint[], kind: FaultKind): FaultBand[] => {
  const bands: FaultBand[] = []
  let open: { fromMs: number; toMs: number; ms: number; endMs: number } | null = null
  for (const { at, faultMs } of history) {
    const endMs = Date.parse(at)
    const ms = faultMs[kind]
    if (ms <= 0) continue
    if (open && endMs - open.endMs <= holeMs) {
      // It began before this point, so it filled this one from its beginning.
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
