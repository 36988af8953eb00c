/** The canvases, and the history of one pixel. */
import { contains, positionOf, tileOf } from '../../../lib/geometry.ts'
import { guestName } from '../../../lib/painter.ts'
import { showCanvas } from '../../../lib/show-canvas.ts'
import { listCanvases } from '../../../lib/start-page.ts'
import { requestCosts } from '../../limits/limits.ts'
import { readPixelHistory } from '../../projecting/pixel-history.ts'
import { badParameter, noCanvas } from '../../refusals.ts'
import { canvasWith } from '../../store/canvas-cache.ts'
import type { StoredPixel } from '../../store/port.ts'
import { type Answer, json } from '../exchange.ts'
import { wholeNumber } from '../params.ts'
import { problemAnswer } from '../problem.ts'
import type { Route } from '../router.ts'
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
    handle: ({ params }) => pixel(parts, params),
  },
]

const pixel = async ({ store, placing: { canvases } }: RouteParts, params: Readonly<Record<string, string>>): Promise<Answer> => {
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
  const { tileSize, background } = canvas
  const untouched = { gx, gy, color: canvas.palette[background], by: null, at: null, history: [] }
  if (canvas.erasing) return json(200, untouched)
  const ref = { canvas: canvas.id, tile: tileOf(tileSize, { gx, gy }), position: positionOf(tileSize, { gx, gy }) }
  const found = await store.getPixel(ref)
  const entries = await readPixelHistory(store, { canvas, ref, limit: maxHistory })
  const colors = [found, ...entries].flatMap((one) => one?.color ?? [])
  // A painted color is in the palette, so a canvas without it is surely old.
  const isOld = colors.some((color) => color >= canvas.palette.length)
  if (isOld) canvases.forget(canvas.id)
  const { palette } = (isOld ? await canvases.get(canvas.id) : canvas) ?? canvas
  const show = ({ color, by, atMs, cause }: StoredPixel) => ({
    color: palette[color],
    by: { id: by, name: guestName(by) },
    at: new Date(atMs).toISOString(),
    cause,
  })
  // While its commit is a dead letter, a pixel shows its previous color and has no painter.
  if (!found || found.cause === 'skipped')
    return json(200, { gx, gy, color: palette[found?.color ?? background], by: null, at: null, history: entries.map(show) })
  const { cause: _, ...current } = show(found)
  // The history is read later than the pixel, and may have newer entries.
  return json(200, { gx, gy, ...current, history: entries.filter(({ atMs }) => atMs <= found.atMs).map(show) })
}
