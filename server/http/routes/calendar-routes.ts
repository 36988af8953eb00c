/** The next opening of a board as a file for calendars. */
import { calendarFile } from '../../../lib/calendar.ts'
import { type Canvas, settingsOf } from '../../../lib/canvas.ts'
import { noCanvas } from '../../refusals.ts'
import type { Answer } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import type { Call, Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

export const calendarRoutes = (parts: RouteParts): Route[] => [
  { method: 'GET', path: '/api/canvases/:id/calendar.ics', open: true, handle: (call) => calendar(parts, call) },
]

const calendar = async ({ placing, access, clock }: RouteParts, { request, params }: Call): Promise<Answer> => {
  const canvas = await placing.canvases.get(params.id ?? '')
  if (!canvas) return problemAnswer(noCanvas)
  const times = openingOf(canvas)
  if (!times) return problemAnswer({ code: 'not_found', detail: 'The schedule of this board has no opening.' })
  const { id, epoch, rev, title, changedAtMs = clock.now() } = canvas
  const host = request.header('host') ?? 'localhost'
  const url = `${access.callers.isSecure(request) ? 'https' : 'http'}://${host}/c/${id}`
  const file = calendarFile({ ...times, uid: `${id}-${epoch}@${host}`, revision: rev, changedAtMs, title, url })
  const headers = {
    'content-type': 'text/calendar; charset=utf-8',
    'content-disposition': `attachment; filename="${id}.ics"`,
    'cache-control': 'no-cache',
  }
  return { status: 200, headers, body: file }
}

/** From the next opening to the closing after it. */
const openingOf = (canvas: Canvas) => {
  const { schedule } = settingsOf(canvas)
  const opening = schedule.findIndex(({ action }) => action.type === 'open')
  const start = schedule[opening]
  if (!start) return null
  const end = schedule.slice(opening).find(({ action }) => action.type === 'close')
  return { startMs: start.atMs, endMs: end?.atMs ?? null }
}
