/** Finds settings without effect, because the canvas exists already and keeps its own values. */
import type { Canvas } from '../lib/canvas.ts'
import type { Config } from './config.ts'

export interface IgnoredSetting {
  readonly name: string
  readonly configured: string
  readonly effective: string
}

export const ignoredSettings = ({ firstCanvas, firstCanvasGiven }: Config, canvas: Canvas): IgnoredSetting[] =>
  [...firstCanvasGiven]
    .map(([key, name]) => ({ name, configured: String(firstCanvas[key]), effective: String(canvas[key]) }))
    .filter(({ configured, effective }) => configured !== effective)
