/**
 * The animation of new optimistic pixels, which shrink to their size in 120 ms. The board layer draws the pixels themselves,
 * because a tile's bytes include them.
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
