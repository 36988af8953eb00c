/** A canvas as admins get it: with the people on it and what they paint, over all processes. */
import type { Canvas } from '../../../lib/canvas.ts'
import { type AdminCanvas, showAdminCanvas } from '../../../lib/show-canvas.ts'
import { type Answer, json } from '../exchange.ts'
import type { RouteParts } from './route-parts.ts'

type Parts = Pick<RouteParts, 'operations'>

export const showForAdmins = async ({ operations }: Parts, canvases: readonly Canvas[]): Promise<AdminCanvas[]> => {
  const placed = await operations.overview.placedPerSecond()
  return canvases.map((canvas) =>
    showAdminCanvas(canvas, { online: operations.online(canvas.id), perSecond: placed && (placed.get(canvas.id) ?? 0) }),
  )
}

export const adminCanvasAnswer = async (parts: Parts, status: 200 | 201, canvas: Canvas): Promise<Answer> =>
  json(status, (await showForAdmins(parts, [canvas]))[0])
