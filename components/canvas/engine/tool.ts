/**
 * A tool decides what the pointer and the keys do on the board; one is active at a time (`tools.ts`). `gestures.ts` recognizes presses,
 * drags and pinches for all tools. The wheel and the zoom keys always move the view.
 */
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { ScreenPoint } from './camera.ts'
import type { CellSelection } from './cell-selection.ts'
import type { PointerAction } from './drawing.ts'
import type { StrokeTracker } from './stroke-tracker.ts'
import type { InputHow, StrokeStep } from './types.ts'
import type { ViewController } from './view-controller.ts'

export type CreateTool = (context: ToolContext) => Tool

export interface Tool {
  /** The first pointer draws (`drawing.ts`). */
  readonly draws?: boolean
  gesture(action: PointerAction): void
  /** The position of the mouse or the pen, or null when it has left. `before`: earlier positions since the last call. */
  hover(at: ScreenPoint | null, before?: readonly ScreenPoint[]): void
  /** The secondary button of the mouse. */
  secondary(at: ScreenPoint): void
  /** The arrow keys. */
  moveCell(dx: number, dy: number): void
  /** Enter, or the phone's button. Returns whether there was anything to do. */
  act(how: InputHow): boolean
  /** Space is down: a stroke begins. Without this, Space does the same as Enter. */
  hold?(): void
}

export interface ToolContext {
  readonly view: ViewController
  readonly cells: CellSelection
  readonly stroke: StrokeTracker
  readonly onStroke: (step: StrokeStep) => void
  readonly onPaint: (cell: BoardPoint, how: InputHow) => void
  /** The cell may be outside the board. */
  readonly onInspect: (cell: BoardPoint) => void
  readonly onPick: (cell: BoardPoint) => void
}
