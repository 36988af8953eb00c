/**
 * The view, the selected cell and the active tool as one: gestures, wheel and keys go in; a camera, a cell and "paint this" come
 * out. It has no DOM and no clock, so a test can play whole sequences of fingers to it.
 */
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { Covered, ScreenPoint } from './camera.ts'
import { CellSelection } from './cell-selection.ts'
import type { Tool, ToolContext } from './tool.ts'
import { type ToolName, tools } from './tools.ts'
import type { EngineCanvas, InputHow } from './types.ts'
import { ViewController } from './view-controller.ts'
import type { WheelMeaning } from './wheel.ts'

export interface BoardInputOptions {
  readonly reducedMotion: boolean
  /** The camera or the cell changed, so a frame must be drawn. */
  readonly onChange: () => void
  readonly onCell: (cell: BoardPoint | null, how: InputHow) => void
  readonly onPaint: ToolContext['onPaint']
  readonly onInspect: ToolContext['onInspect']
  readonly covered?: () => Covered
}

export class BoardInput {
  readonly view: ViewController
  readonly cells: CellSelection
  readonly #context: ToolContext
  #tool: Tool

  constructor(options: BoardInputOptions) {
    const { onChange, covered } = options
    this.view = new ViewController(
      { onChange, onLook: () => this.cells.viewMoved(), ...(covered ? { covered } : {}) },
      options.reducedMotion,
    )
    this.cells = new CellSelection(this.view, options)
    this.#context = { view: this.view, cells: this.cells, onPaint: options.onPaint, onInspect: options.onInspect }
    this.#tool = tools['pan-and-paint'](this.#context)
  }

  /** What the pointer and the keys act on. */
  get tool() {
    return this.#tool
  }

  setTool(name: ToolName) {
    this.#tool = tools[name](this.#context)
  }

  setCanvas(canvas: Pick<EngineCanvas, 'width' | 'height'>) {
    this.view.setCanvas(canvas)
    this.cells.canvasChanged(canvas)
  }

  /** One step of a button, a key or a wheel's notch. */
  zoomBy(factor: number, at: ScreenPoint = this.cells.attention()) {
    this.view.zoomBy(factor, at)
  }

  wheel(meaning: WheelMeaning, at: ScreenPoint) {
    this.view.wheel(meaning, at)
  }
}
