/**
 * A drag pans, two fingers zoom, and a click paints. A tap selects a cell, and a second tap on it paints. While Space is held, the pointer
 * or the arrow keys draw.
 */
import type { ScreenPoint } from '../camera.ts'
import type { PointerAction } from '../drawing.ts'
import type { Tool, ToolContext } from '../tool.ts'

export const createPanAndPaint = ({ view, cells, stroke, onPaint, onInspect }: ToolContext): Tool => {
  const inspect = (at: ScreenPoint) => {
    const cell = view.anyCellAt(at)
    if (cell) onInspect(cell)
  }
  const click = (at: ScreenPoint) => {
    const cell = view.cellAt(at)
    cells.point(cell)
    if (cell) onPaint(cell, 'pointer')
  }
  const tap = (at: ScreenPoint) => {
    const cell = view.cellAt(at)
    const isSecond = cells.isTapped(cell)
    cells.set(cell, 'touch')
    if (cell && isSecond) onPaint(cell, 'touch')
  }
  return {
    gesture(action: PointerAction) {
      // The pointer draws, whether its button is pressed or not.
      if (stroke.isActive) return
      switch (action.do) {
        case 'hold':
          return view.hold()
        case 'pan':
          return view.pan(action)
        case 'pinch':
          return view.pinch(action)
        case 'fling':
          return view.fling(action)
        case 'click':
          return click(action.at)
        case 'tap':
          return tap(action.at)
        case 'long_press':
          return inspect(action.at)
      }
    },
    hover(at, before = []) {
      cells.hover(at)
      if (at && stroke.isActive) for (const point of [...before, at]) stroke.to(view.anyCellAt(point))
    },
    secondary: inspect,
    moveCell(dx, dy) {
      if (!view.hasCanvas) return
      view.hold()
      cells.move(dx, dy)
      if (!cells.cell) return
      stroke.to(cells.cell)
      view.reveal(cells.cell)
    },
    act(how) {
      if (!cells.cell) return false
      onPaint(cells.cell, how)
      return true
    },
    hold: () => stroke.begin(cells.cell),
  }
}
