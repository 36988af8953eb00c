/** A click, a tap or a key picks the color of a cell. Everything else is as in `pan-and-paint.ts`. */
import type { ScreenPoint } from '../camera.ts'
import type { PointerAction } from '../drawing.ts'
import type { Tool, ToolContext } from '../tool.ts'
import { createPanAndPaint } from './pan-and-paint.ts'

export const createEyedropper = (context: ToolContext): Tool => {
  const { view, cells, onPick } = context
  const { hold: _, ...base } = createPanAndPaint(context)
  const pick = (at: ScreenPoint) => {
    const cell = view.cellAt(at)
    if (cell) onPick(cell)
  }
  return {
    ...base,
    gesture(action: PointerAction) {
      if (action.do === 'click' || action.do === 'tap') pick(action.at)
      else base.gesture(action)
    },
    act() {
      if (!cells.cell) return false
      onPick(cells.cell)
      return true
    },
  }
}
