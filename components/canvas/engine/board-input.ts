/**
 * The view, the selected cell and the active tool. Gestures, wheel and keys are its input; the camera, the cell and the pixels to
 * paint are its output. It has no DOM and no clock, so tests can use any sequence of input.
 */
import type { Covered, ScreenPoint } from './camera.ts'
import { CellSelection } from './cell-selection.ts'
import type { PointerAction } from './drawing.ts'
import { StrokeTracker } from './stroke-tracker.ts'
import type { CreateTool, Tool, ToolContext } from './tool.ts'
import { tools } from './tools.ts'
import type { EngineCanvas, EngineEvents } from './types.ts'
import { ViewController } from './view-controller.ts'

export interface BoardInputOptions {
  readonly reducedMotion: boolean
  /** The camera or the cell changed, so a frame must be drawn. */
  readonly onChange: () => void
  readonly events: Pick<EngineEvents, 'onCell' | 'onPaint' | 'onInspect' | 'onPick' | 'onStroke'>
  readonly covered?: () => Covered
}

export class BoardInput {
  readonly view: ViewController
  readonly cells: CellSelection
  readonly stroke: StrokeTracker
  readonly #context: ToolContext
  #tool: Tool
  /** The current gesture began with another tool, so it is ignored. */
  #isStale = false

  constructor(options: BoardInputOptions) {
    const { onChange, covered, events } = options
    const { onPaint, onInspect, onPick, onStroke } = events
    this.view = new ViewController(
      { onChange, onLook: () => this.cells.viewMoved(), ...(covered ? { covered } : {}) },
      options.reducedMotion,
    )
    this.cells = new CellSelection(this.view, { onChange, onCell: events.onCell })
    this.stroke = new StrokeTracker(this.view, onStroke)
    this.#context = { view: this.view, cells: this.cells, stroke: this.stroke, onStroke, onPaint, onInspect, onPick }
    this.#tool = tools['pan-and-paint'](this.#context)
  }

  /** The active tool gets the pointer and the keys. */
  get tool(): Omit<Tool, 'gesture'> {
    return this.#tool
  }

  /** Ends the current gesture and stroke. The new tool gets the next one. */
  setTool(create: CreateTool) {
    this.stroke.end()
    this.#tool = create(this.#context)
    this.#isStale = true
  }

  /** One step of a button or a key. */
  zoomBy(factor: number, at: ScreenPoint = this.cells.attention()) {
    this.view.zoomBy(factor, at)
  }

  gesture(action: PointerAction) {
    if (action.do === 'hold') this.#isStale = false
    if (!this.#isStale) this.#tool.gesture(action)
  }

  /** Space is down. */
  hold(): boolean {
    if (!this.#tool.hold) return this.#tool.act('keyboard')
    if (!this.view.hasCanvas) return false
    this.#tool.hold()
    return true
  }

  /** Picks a color with any tool. */
  pick(at: ScreenPoint) {
    const cell = this.view.cellAt(at)
    if (cell) this.#context.onPick(cell)
  }

  setCanvas(canvas: Pick<EngineCanvas, 'width' | 'height'>) {
    this.view.setCanvas(canvas)
    this.cells.canvasChanged(canvas)
  }
}
