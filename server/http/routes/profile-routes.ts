/** A painter's profile on a canvas: ranks, colors, and first and latest pixels. */
import { asPainterId, type CanvasId, type PainterId } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { guestName, isBot, painterForm } from '../../../lib/painter.ts'
import { dayMs, dayOf, type PaintedPixel, type Profile } from '../../../lib/profile.ts'
import { requestCosts } from '../../limits/limits.ts'
import { noCanvas, notFound } from '../../refusals.ts'
import type { Place } from '../../store/projections-port.ts'
import { type Answer, json, withHeaders } from '../exchange.ts'
import { type createLeaderboards, noStanding, placeStanding, showPlace } from '../leaderboards.ts'
import { problemAnswer } from '../problem.ts'
import type { Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

const nothing: Place = { placed: 0, ahead: 0, next: null }

export const profileRoutes = (
  { store: { projections }, placing: { canvases }, clock: { now } }: RouteParts,
  leaderboards: Pick<ReturnType<typeof createLeaderboards>, 'standing'>,
): Route[] => {
  const show = async (canvas: Canvas, painter: PainterId): Promise<Answer> => {
    const day = dayOf(now())
    const [read, standing] = canvas.erasing
      ? [{ profile: null, all: nothing, day: nothing }, noStanding]
      : await Promise.all([projections.readProfile({ canvas: canvas.id, painter, day }), leaderboards.standing(canvas.id)])
    const shown = {
      painter: { id: painter, name: guestName(painter) },
      bot: isBot(painter),
      from: new Date(day * dayMs).toISOString(),
      day: { placed: showPlace(read.day), standing: placeStanding(standing, painter, 'day') },
      all: { placed: showPlace(read.all), standing: placeStanding(standing, painter, 'all') },
      ...(await showPixels(canvas.id, read.profile)),
    }
    return withHeaders(json(200, shown), { 'cache-control': 'public, max-age=1' })
  }

  /** The cached canvas may be older than its newest color. */
  const paletteFor = async (id: CanvasId, profile: Profile) => {
    const colors = Object.keys(profile.colors).map(Number)
    const cached = await canvases.get(id)
    if (colors.every((color) => cached?.palette[color])) return cached?.palette ?? []
    canvases.renew(id)
    return (await canvases.get(id))?.palette ?? []
  }

  const showPixels = async (id: CanvasId, profile: Profile | null) => {
    if (!profile || profile.placed <= 0) return { colors: [], first: null, last: null, recent: [] }
    const palette = await paletteFor(id, profile)
    const showPixel = ({ atMs, gx, gy, color }: PaintedPixel) => ({ gx, gy, color: palette[color], at: new Date(atMs).toISOString() })
    const recent = profile.recent.map(showPixel)
    const colors = Object.entries(profile.colors).map(([color, placed]) => ({ color: palette[Number(color)], placed }))
    return {
      colors: colors.filter(({ placed }) => placed > 0).sort((a, b) => b.placed - a.placed),
      first: showPixel(profile.first),
      last: recent[0] ?? null,
      recent,
    }
  }

  return [
    {
      method: 'GET',
      path: '/api/canvases/:id/painters/:painter',
      open: true,
      cost: requestCosts.stats,
      async handle({ params }) {
        const canvas = await canvases.get(params.id ?? '')
        if (!canvas) return problemAnswer(noCanvas)
        const painter = params.painter ?? ''
        return painterForm.test(painter) ? show(canvas, asPainterId(painter)) : problemAnswer(notFound)
      },
    },
  ]
}
