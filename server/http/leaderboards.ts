/**
 * The order of a canvas's painters, of today and of all time, by pixels placed and by pixels that stand. Each order is read once for all requests, and is
 * kept for longer the longer its reading took.
 */
import type { CanvasId, PainterId } from '../../lib/brand.ts'
import { guestName, isBot } from '../../lib/painter.ts'
import { dayMs, dayOf } from '../../lib/profile.ts'
import { countAbove, withRanks } from '../../lib/rank.ts'
import { statsPainters } from '../../lib/stats.ts'
import type { CanvasCache } from '../store/canvas-cache.ts'
import type { Leaders, Place, ProjectionStore, Standing } from '../store/projections-port.ts'
import { createKeptReads } from './kept-reads.ts'

export const periods = ['day', 'all'] as const
export type Period = (typeof periods)[number]

const keepMs = 1_000
/** Counting the pixels of each painter on the board (`standing`) reads the whole board. It may take a fiftieth of a thread. */
const standingKeepFactor = 50
/** Summing the counts of all painters may take a twentieth. */
const leadersKeepFactor = 20

/** How many pixels of each painter stand: of all, and of those placed today. */
export interface StandingCounts {
  readonly of: ReadonlyMap<PainterId, Standing>
  /** The counts above zero, descending. */
  readonly order: Readonly<Record<Period, readonly number[]>>
}

const partOf = (period: Period) => (period === 'day' ? 'recent' : 'all')

export const noStanding: StandingCounts = { of: new Map(), order: { day: [], all: [] } }
const noLeaders: Leaders = { painters: [], placed: 0, painterCount: 0 }

const countsOf = (of: ReadonlyMap<PainterId, Standing>): StandingCounts => {
  const orderOf = (period: Period) => [...of.values()].flatMap((each) => each[partOf(period)] || []).sort((a, b) => b - a)
  return { of, order: { day: orderOf('day'), all: orderOf('all') } }
}

export interface LeaderboardsOptions {
  readonly projections: Pick<ProjectionStore, 'readLeaders' | 'countStanding'>
  readonly canvases: Pick<CanvasCache, 'get'>
  readonly now: () => number
  readonly monotonicNow: () => number
}

export const createLeaderboards = ({ projections, canvases, now, monotonicNow }: LeaderboardsOptions) => {
  const startOfDay = () => dayOf(now()) * dayMs
  const kept = <Value>(factor: number, read: (canvas: CanvasId) => Promise<Value>) =>
    createKeptReads({ now: monotonicNow, read, keepMs: (tookMs) => Math.max(keepMs, tookMs * factor) })

  const standing = kept(standingKeepFactor, async (canvas) => countsOf(await projections.countStanding({ canvas, sinceMs: startOfDay() })))
  const leadersOf = (period: Period) =>
    kept(leadersKeepFactor, (canvas) =>
      projections.readLeaders({ canvas, day: period === 'day' ? dayOf(now()) : null, limit: statsPainters }),
    )
  const leadersBy = { day: leadersOf('day'), all: leadersOf('all') }
  const boardOf = (period: Period) =>
    kept(0, async (canvas) => {
      const [countedAtMs, fromMs] = [now(), startOfDay()]
      const isEmpty = (await canvases.get(canvas))?.erasing != null
      const [leaders, counts] = isEmpty ? [noLeaders, noStanding] : await Promise.all([leadersBy[period](canvas), standing(canvas)])
      const from = period === 'day' ? new Date(fromMs).toISOString() : null
      return Buffer.from(JSON.stringify({ period, from, countedAt: new Date(countedAtMs).toISOString(), ...show(period, leaders, counts) }))
    })
  const boards = { day: boardOf('day'), all: boardOf('all') }

  return {
    standing,
    /** The answer, encoded once for all requests. */
    board: (canvas: CanvasId, period: Period) => boards[period](canvas),
  }
}

const show = (period: Period, { painters, placed, painterCount }: Leaders, { of, order }: StandingCounts) => {
  const part = partOf(period)
  const placedBy = new Map(painters.map((each) => [each.by, each.placed]))
  const standing = [...of]
    .filter(([, counts]) => counts[part] > 0)
    .sort(([a, x], [b, y]) => y[part] - x[part] || (a < b ? -1 : 1))
    .slice(0, statsPainters)
    .map(([by, counts]) => ({ ...whoIs(by), standing: counts[part] }))
  return {
    totals: { placed, painters: painterCount, standing: order[period].reduce((sum, count) => sum + count, 0) },
    placed: withRanks(
      painters.map((each) => ({ ...whoIs(each.by), placed: placedBy.get(each.by) ?? 0 })),
      (row) => row.placed,
    ),
    standing: withRanks(standing, (row) => row.standing),
  }
}

const whoIs = (by: PainterId) => ({ by: { id: by, name: guestName(by) }, bot: isBot(by) })

interface ShownPlace {
  readonly count: number
  /** Null for a painter without pixels. */
  readonly rank: number | null
  /** The number of pixels of the next painter ahead. */
  readonly next: number | null
}

export const showPlace = ({ placed, ahead, next }: Place): ShownPlace => {
  const count = Math.max(0, placed)
  return { count, rank: count === 0 ? null : ahead + 1, next }
}

export const placeStanding = ({ of, order }: StandingCounts, painter: PainterId, period: Period): ShownPlace => {
  const placed = of.get(painter)?.[partOf(period)] ?? 0
  const ahead = countAbove(order[period], placed)
  return showPlace({ placed, ahead, next: order[period][ahead - 1] ?? null })
}
