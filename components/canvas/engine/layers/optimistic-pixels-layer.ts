/**
 * Optimistic pixels that have just been painted. A tile's bytes include all optimistic pixels, so the board layer draws them;
 * this layer adds the 120 ms in which a new one shrinks to its size.
 */
import type { Animations } from '../animations.ts'
import { type Layer, markLayer } from '../layer.ts'

export const createOptimisticPixelsLayer = (animations: Animations): Layer =>
  markLayer({
    name: 'optimistic pixels',
    isMoving: () => animations.active,
    marks: ({ timeMs, transform, canvas, palette }) =>
      canvas ? animations.marks({ timeMs, transform, tileSize: canvas.tileSize, palette }) : [],
  })
