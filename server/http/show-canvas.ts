import type { Canvas } from '../../lib/canvas.ts'
import { tilesX, tilesY } from '../../lib/geometry.ts'
import { colorNames } from '../../lib/palette.ts'

/** A canvas as `GET /api/canvases/:id` and the socket event `canvas` show it. */
export interface ShownCanvas {
  readonly protocol: 1
  readonly id: string
  readonly title: string
  readonly epoch: string
  readonly rev: number
  readonly width: number
  readonly height: number
  readonly tileSize: number
  readonly tilesX: number
  readonly tilesY: number
  readonly palette: readonly string[]
  readonly colorNames: readonly string[]
  readonly background: number
  readonly cooldownMs: number
  readonly maxCharges: number
  readonly state: Canvas['state']
}

export const showCanvas = (canvas: Canvas): ShownCanvas => ({
  protocol: 1,
  id: canvas.id,
  title: canvas.title,
  epoch: canvas.epoch,
  rev: canvas.rev,
  width: canvas.width,
  height: canvas.height,
  tileSize: canvas.tileSize,
  tilesX: tilesX(canvas),
  tilesY: tilesY(canvas),
  palette: canvas.palette,
  colorNames: colorNames(canvas.palette),
  background: canvas.background,
  cooldownMs: canvas.cooldownMs,
  maxCharges: canvas.maxCharges,
  state: canvas.state,
})
