/** A drag pans, two fingers zoom, and a click paints. A tap selects a cell, and a second tap on it paints. */
import type { ScreenPoint } from '../camera.ts'
import type { GestureAction } from '../gestures.ts'
import type { Tool, ToolContext } from '../tool.ts'

export const createPanAndPaint = ({ view, cells, onPaint, onInspect }: ToolContext): Tool => {
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
    gesture(action: GestureAction) {
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
    hover: (at) => cells.hover(at),
    secondary: inspect,
    moveCell(dx, dy) {
      if (!view.hasCanvas) return
      view.hold()
      cells.move(dx, dy)
      if (cells.cell) view.reveal(cells.cell)
    },
    act(how) {
      if (!cells.cell) return false
      onPaint(cells.cell, how)
      return true
    },
  }
}
