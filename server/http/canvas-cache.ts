/**
 * Canvas documents, at most a second old. Only for what is shown and for checks that may be late; a placement reads the canvas again
 * in its transaction.
 */
import { asCanvasId, type CanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { tilesX, tilesY } from '../../lib/geometry.ts'
import { colorNames } from '../../lib/palette.ts'
import type { Store } from '../store/port.ts'

const maxAgeMs = 1_000
const maxCached = 1_000

export const createCanvasCache = (options: { store: Store; now: () => number }) => {
  const { store, now } = options
  const cached = new Map<CanvasId, { canvas: Promise<Canvas | null>; atMs: number }>()
  return {
    /** Null when there is no such canvas. */
    get(id: CanvasId): Promise<Canvas | null> {
      const known = cached.get(id)
      if (known && now() - known.atMs < maxAgeMs) return known.canvas
      const canvas = store.getCanvas(id)
      if (cached.size >= maxCached) cached.clear()
      cached.set(id, { canvas, atMs: now() })
      canvas.catch(() => cached.delete(id))
      return canvas
    },
    forget: (id: CanvasId) => void cached.delete(id),
    list: () => store.listCanvases(),
    show: showCanvas,
  }
}

export type CanvasCache = ReturnType<typeof createCanvasCache>

/** A canvas as the API shows it. */
export const showCanvas = (canvas: Canvas) => ({
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

export const mainCanvas = asCanvasId('main')
