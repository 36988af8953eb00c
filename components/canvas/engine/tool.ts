/**
 * A tool decides what the pointer and the keys do on the board; one is active at a time (`tools.ts`). `gestures.ts` recognizes presses,
 * drags and pinches for all tools. The wheel and the zoom keys always move the view.
 */
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { ScreenPoint } from './camera.ts'
import type { CellSelection } from './cell-selection.ts'
import type { GestureAction } from './gestures.ts'
import type { InputHow } from './types.ts'
import type { ViewController } from './view-controller.ts'

export type CreateTool = (context: ToolContext) => Tool

export interface Tool {
  gesture(action: GestureAction): void
  /** The position of the mouse or the pen, or null when it has left. */
  hover(at: ScreenPoint | null): void
  /** The secondary button of the mouse. */
  secondary(at: ScreenPoint): void
  /** The arrow keys. */
  moveCell(dx: number, dy: number): void
  /** Enter, Space, or the phone's button. Returns whether there was anything to do. */
  act(how: InputHow): boolean
}

export interface ToolContext {
  readonly view: ViewController
  readonly cells: CellSelection
  readonly onPaint: (cell: BoardPoint, how: InputHow) => void
  /** The cell may be outside the board. */
  readonly onInspect: (cell: BoardPoint) => void
  readonly onPick: (cell: BoardPoint) => void
}
