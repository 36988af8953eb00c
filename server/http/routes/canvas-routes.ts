/** The canvases, and the history of one pixel. */

import type { Canvas } from '../../../lib/canvas.ts'
import { contains, positionOf, tileOf } from '../../../lib/geometry.ts'
import { nobody, showPainter } from '../../../lib/painter.ts'
import { showCanvas } from '../../../lib/show-canvas.ts'
import { listCanvases } from '../../../lib/start-page.ts'
import { requestCosts } from '../../limits/limits.ts'
import { type PixelHistory, readPixelHistory } from '../../projecting/pixel-history.ts'
import { badParameter, noCanvas } from '../../refusals.ts'
import { canvasWith } from '../../store/canvas-cache.ts'
import type { StoredPixel } from '../../store/port.ts'
import { type Answer, json } from '../exchange.ts'
import { queryTime, wholeNumber } from '../params.ts'
import { problemAnswer } from '../problem.ts'
import type { Call, Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

const maxHistory = 50

export const canvasRoutes = (parts: RouteParts): Route[] => [
  {
    method: 'GET',
    path: '/api/canvases',
    viaNext: true,
    open: true,
    handle: async () => json(200, { canvases: listCanvases(await parts.placing.canvases.list(), parts.operations.online) }),
  },
  {
    method: 'GET',
    path: '/api/canvases/:id',
    open: true,
    handle: async ({ params }) => {
      const canvas = await parts.placing.canvases.get(params.id ?? '')
      return canvas ? json(200, showCanvas(canvas)) : problemAnswer(noCanvas)
    },
  },
  {
    method: 'GET',
    path: '/api/canvases/:id/pixels/:gx/:gy',
    open: true,
    cost: requestCosts.pixelHistory,
    handle: (call) => pixel(parts, call),
  },
]

const pixel = async ({ store, placing: { canvases } }: RouteParts, { params, query }: Call): Promise<Answer> => {
  const [gx, gy] = [wholeNumber(params.gx), wholeNumber(params.gy)]
  const canvas = await canvasWith(canvases, params.id ?? '', (one) => gx === null || gy === null || contains(one, { gx, gy }))
  if (!canvas) return problemAnswer(noCanvas)
  if (gx === null) return problemAnswer(badParameter('gx', 'must be a whole number'))
  if (gy === null) return problemAnswer(badParameter('gy', 'must be a whole number'))
  if (!contains(canvas, { gx, gy })) {
    return problemAnswer({
      code: 'out_of_bounds',
      detail: `gx must be 0 to ${canvas.width - 1} and gy 0 to ${canvas.height - 1}; got ${gx}, ${gy}.`,
    })
  }
  const before = queryTime(query, 'before')
  if (!before.ok) return problemAnswer(before.refusal)
  const { tileSize, background } = canvas
  if (canvas.erasing) return json(200, { gx, gy, color: canvas.palette[background], by: null, at: null, history: [], more: false })
  const ref = { canvas: canvas.id, tile: tileOf(tileSize, { gx, gy }), position: positionOf(tileSize, { gx, gy }) }
  const found = await store.getPixel(ref)
  const beforeMs = query.has('before') ? before.value : null
  const { entries, more, standing } = await readPixelHistory(store, { canvas, ref, limit: maxHistory, beforeMs })
  const current = currentOf(canvas, found, standing)
  const colors = [current, ...entries].map(({ color }) => color)
  // A painted color is in the palette, so a canvas without it is surely old.
  const isOld = colors.some((color) => color >= canvas.palette.length)
  if (isOld) canvases.forget(canvas.id)
  const { palette } = (isOld ? await canvases.get(canvas.id) : canvas) ?? canvas
  const shown = { gx, gy, color: palette[current.color], by: showPainter(current.by), at: current.at }
  return json(200, { ...shown, history: entries.map((entry) => showEntry(entry, palette)), more })
}

const timeOf = (atMs: number) => new Date(atMs).toISOString()

/** What stands by the history, or by the stored pixel while the history lacks its newest entries. */
const currentOf = ({ background }: Canvas, found: StoredPixel | null, standing: PixelHistory['standing']) => {
  const isWhole = found === null || (standing.newestMs ?? Number.NEGATIVE_INFINITY) >= found.atMs
  if (isWhole) return { color: standing.color, by: standing.by, at: standing.entry && timeOf(standing.entry.atMs) }
  // While its commit is a dead letter, a pixel shows its previous color and has no painter.
  const { color, by, atMs, cause } = found ?? { color: background, by: nobody, atMs: 0, cause: 'skipped' }
  const isOwned = cause !== 'skipped' && by !== nobody
  return { color, by: isOwned ? by : nobody, at: isOwned ? timeOf(atMs) : null }
}

const showEntry = ({ color, by, atMs, cause, retracted }: PixelHistory['entries'][number], palette: readonly string[]) => ({
  color: palette[color],
  by: showPainter(by),
  at: timeOf(atMs),
  cause,
  retracted,
})
