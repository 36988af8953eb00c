/** One finger, the pen or the mouse draws; two fingers pan and zoom. Everything else is as in `pan-and-paint.ts`. */
import type { PointerAction } from '../drawing.ts'
import { minDrawZoom } from '../stroke-tracker.ts'
import type { Tool, ToolContext } from '../tool.ts'
import { createPanAndPaint } from './pan-and-paint.ts'

export const createBrush = (context: ToolContext): Tool => {
  const { view, stroke, onStroke } = context
  const base = createPanAndPaint(context)
  return {
    ...base,
    draws: true,
    gesture(action: PointerAction) {
      switch (action.do) {
        case 'draw_start':
          if (view.camera.zoom >= minDrawZoom) stroke.begin(view.anyCellAt(action.at))
          else onStroke({ do: 'too_small' })
          return
        case 'draw':
          for (const point of action.points) stroke.to(view.anyCellAt(point))
          return
        case 'draw_end':
          stroke.end()
          return
        case 'draw_drop':
          stroke.drop()
          return
        default:
          return base.gesture(action)
      }
    },
  }
}
