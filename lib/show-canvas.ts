import type { Canvas } from './canvas.ts'
import { tilesX, tilesY } from './geometry.ts'
import { colorNames } from './palette.ts'

/** A canvas in `GET /api/canvases/:id` and in the socket event `canvas`. */
export interface ShownCanvas extends Omit<Canvas, 'startCharges' | 'changedAtMs'> {
  readonly protocol: 1
  readonly tilesX: number
  readonly tilesY: number
  /** One for each color of the palette. */
  readonly colorNames: readonly string[]
}

/** A canvas as an admin gets it. `online` is the number of sockets that have joined it. */
export interface AdminCanvas extends ShownCanvas {
  readonly startCharges: number
  readonly online: number
}

export const showAdminCanvas = (canvas: Canvas, online: number): AdminCanvas => ({
  ...showCanvas(canvas),
  startCharges: canvas.startCharges,
  online,
})

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
