/** Statistics of a canvas: the most active painters, minutes and areas. At most one reading of the store at a time for each canvas. */
import type { CanvasId } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { guestName } from '../../../lib/painter.ts'
import { activityOf, minuteMs, statsMinutes, statsPainters } from '../../../lib/stats.ts'
import { requestCosts } from '../../limits/limits.ts'
import { badParameter, noCanvas } from '../../refusals.ts'
import type { CanvasStats } from '../../store/projections-port.ts'
import { json, withHeaders } from '../exchange.ts'
import { createKeptReads } from '../kept-reads.ts'
import { createLeaderboards, periods } from '../leaderboards.ts'
import { queryNumber } from '../params.ts'
import { problemAnswer } from '../problem.ts'
import type { Route } from '../router.ts'
import { profileRoutes } from './profile-routes.ts'
import type { RouteParts } from './route-parts.ts'

const statsKeepMs = 1_000
const noStats: CanvasStats = { painters: [], minutes: [], cells: new Map() }
const statsHeaders = { 'content-type': 'application/json', 'cache-control': 'public, max-age=1' }

export const statsRoutes = (parts: RouteParts): Route[] => {
  const {
    store: { projections },
    placing: { canvases },
    clock: { now, monotonicNow },
  } = parts
  const leaderboards = createLeaderboards({ projections, canvases, now, monotonicNow })
  const show = async (id: CanvasId): Promise<Uint8Array | null> => {
    const canvas = await canvases.get(id)
    if (!canvas) return null
    const [{ painters, minutes, cells }, standing] = canvas.erasing
      ? [noStats, null]
      : await Promise.all([
          projections.readStats({ canvas: id, maxPainters: statsPainters, sinceMs: firstMinute(now()) }),
          leaderboards.standing(id),
        ])
    const shown = {
      painters: painters.map(({ by, placed }) => ({
        by: { id: by, name: guestName(by) },
        placed,
        standing: standing?.of.get(by)?.all ?? 0,
      })),
      perMinute: everyMinute(minutes, now()),
      activity: activityOf(cells, canvas),
    }
    return Buffer.from(JSON.stringify(shown))
  }
  /** As bytes, which are megabytes for a large board, encoded once for all requests. */
  const shownOf = createKeptReads({ now: monotonicNow, read: show, keepMs: () => statsKeepMs })

  const perMinute = async (canvas: Canvas, count: number) => {
    const sinceMs = firstMinute(now(), count)
    const minutes = canvas.erasing ? [] : await projections.readMinutes({ canvas: canvas.id, sinceMs })
    return { perMinute: everyMinute(minutes, now(), count) }
  }

  return [
    {
      method: 'GET',
      path: '/api/canvases/:id/stats',
      open: true,
      cost: requestCosts.stats,
      async handle({ params, query }) {
        const canvas = await canvases.get(params.id ?? '')
        if (!canvas) return problemAnswer(noCanvas)
        const wanted = query.get('period')
        const period = periods.find((each) => each === wanted)
        if (wanted !== null && !period) return problemAnswer(badParameter('period', `must be ${periods.join(' or ')}`))
        const minutes = queryNumber(query, { name: 'minutes', min: 1, max: statsMinutes, fallback: 0 })
        if (!minutes.ok) return problemAnswer(minutes.refusal)
        if (minutes.value > 0) return withHeaders(json(200, await perMinute(canvas, minutes.value)), statsHeaders)
        const body = period ? await leaderboards.board(canvas.id, period) : await shownOf(canvas.id)
        return body ? { status: 200, headers: statsHeaders, body } : problemAnswer(noCanvas)
      },
    },
    ...profileRoutes(parts, leaderboards),
  ]
}

/** The first of the shown minutes. The last one is the current minute. */
const firstMinute = (nowMs: number, count = statsMinutes) => (Math.floor(nowMs / minuteMs) - count + 1) * minuteMs

/** Each of the last minutes, by default those of a day, oldest first, also those without placements. */
const everyMinute = (minutes: readonly { atMs: number; placed: number }[], nowMs: number, count = statsMinutes) => {
  const placed = new Map(minutes.map((minute) => [minute.atMs, minute.placed]))
  return Array.from({ length: count }, (_, index) => {
    const atMs = firstMinute(nowMs, count) + index * minuteMs
    return { at: new Date(atMs).toISOString(), placed: placed.get(atMs) ?? 0 }
  })
}
