/** The camera and its movements: pan, pinch, wheel, zoom step, and the glide after a release. It has no DOM and no clock. */
import type { BoardPoint } from '../../../lib/geometry.ts'
import {
  anchored,
  type Camera,
  type Covered,
  cellAt,
  clampCamera,
  fitCamera,
  panBy,
  planeCellAt,
  planePoint,
  restingZoom,
  reveal,
  type ScreenPoint,
  toPlane,
  type Viewport,
  zoomAbout,
  zoomLimits,
} from './camera.ts'
import type { GestureAction } from './gestures.ts'
import { startGlide, stepGlide, stepZoom, type Velocity, type ZoomGoal } from './glide.ts'
import type { EngineCanvas } from './types.ts'
import type { WheelMeaning } from './wheel.ts'

export interface ViewEvents {
  /** The camera changed, so a frame must be drawn. */
  readonly onChange: () => void
  /** The board moved under a still pointer. A drag is not reported: the pointer moves with the board. */
  readonly onLook: () => void
  /** Read only when the board is fitted, so that a card that folds later moves nothing. */
  readonly covered?: () => Covered
}

type CanvasSize = Pick<EngineCanvas, 'width' | 'height'>
type ViewTarget = { readonly x: number; readonly y: number; readonly zoom?: number }

/** The keyboard's cell stays this far from the edges of the window, clear of the cards that float there. */
const revealInset = 120

export class ViewController {
  readonly #events: ViewEvents
  #reducedMotion: boolean
  #canvas: CanvasSize | null = null
  #viewport: Viewport = { width: 1, height: 1, pixelRatio: 1 }
  #camera: Camera = { center: planePoint(0, 0), zoom: 1 }
  /** The target to show once the canvas is known. */
  #target: ViewTarget | null = null
  /** True until a person moves the view. Until then a new window size fits the board again. */
  #untouched = true
  #glide: Velocity | null = null
  #goal: ZoomGoal | null = null

  constructor(events: ViewEvents, reducedMotion: boolean) {
    this.#events = events
    this.#reducedMotion = reducedMotion
  }

  get camera() {
    return this.#camera
  }

  get viewport() {
    return this.#viewport
  }

  get hasCanvas() {
    return this.#canvas !== null
  }

  /** True while something glides: the next frame must call `step`. */
  get moving() {
    return this.#glide !== null || this.#goal !== null
  }

  setReducedMotion(on: boolean) {
    this.#reducedMotion = on
    if (!on) return
    if (this.#goal) this.#camera = anchored({ ...this.#goal, viewport: this.#viewport })
    this.#rest()
    this.#events.onChange()
  }

  setCanvas(canvas: CanvasSize) {
    const before = this.#canvas
    this.#canvas = { width: canvas.width, height: canvas.height }
    // Only another size moves the view: a painter may be about to click.
    const isResized = before?.width !== canvas.width || before.height !== canvas.height
    if (!before && this.#target) this.centerOn(this.#target)
    else if (isResized && (!before || this.#untouched)) this.fit()
    else this.#look(this.#camera)
  }

  resize(viewport: Viewport) {
    this.#viewport = viewport
    if (this.#untouched) this.fit()
    else this.#look(this.#camera)
  }

  fit() {
    this.#rest()
    this.#untouched = true
    if (this.#canvas) this.#look(fitCamera(this.#canvas, this.#viewport, this.#events.covered?.()))
  }

  centerOn(target: ViewTarget) {
    this.#rest()
    this.#untouched = false
    if (!this.#canvas) {
      this.#target = target
      return
    }
    this.#look({ center: planePoint(target.x, target.y), zoom: target.zoom ?? this.#camera.zoom })
  }

  /** A step of a button, a key or a wheel's notch. */
  zoomBy(factor: number, at: ScreenPoint) {
    this.#touch()
    this.#glide = null
    const unrounded = this.#clampZoom((this.#goal?.unrounded ?? this.#camera.zoom) * factor)
    const zoom = this.#clampZoom(restingZoom(unrounded, this.#viewport.pixelRatio))
    const anchor = toPlane(this.#camera, this.#viewport, at)
    if (this.#reducedMotion) this.#look(anchored({ anchor, at, zoom, viewport: this.#viewport }))
    else this.#goal = { anchor, at, zoom, unrounded }
    this.#events.onChange()
  }

  wheel(meaning: WheelMeaning, at: ScreenPoint) {
    if (meaning.do === 'pan') {
      this.hold()
      this.#look(panBy(this.#camera, meaning.dx, meaning.dy))
    } else if (meaning.smooth) {
      this.hold()
      this.#zoomNow(at, this.#camera.zoom * meaning.factor)
    } else {
      this.zoomBy(meaning.factor, at)
    }
  }

  /** Stops the glide. */
  hold() {
    this.#rest()
    this.#touch()
  }

  /** The pointer holds the board, so its cell stays the same and `onLook` is not called: rounding could change the cell. */
  pan({ dx, dy }: { dx: number; dy: number }) {
    this.#touch()
    this.#move(panBy(this.#camera, dx, dy))
  }

  pinch({ from, to, factor }: Extract<GestureAction, { do: 'pinch' }>) {
    this.#touch()
    this.#look(panBy(this.#camera, to.x - from.x, to.y - from.y))
    this.#zoomNow(to, this.#camera.zoom * factor)
  }

  fling(velocity: Velocity) {
    if (!this.#reducedMotion) this.#glide = startGlide(velocity)
    this.#events.onChange()
  }

  /** Moves the camera until the cell is well inside the window. */
  reveal(cell: BoardPoint) {
    this.#look(reveal({ camera: this.#camera, viewport: this.#viewport, cell, inset: revealInset }))
  }

  /** The cell at a point of the window; null beside the board. */
  cellAt(at: ScreenPoint): BoardPoint | null {
    return this.#canvas && cellAt({ camera: this.#camera, viewport: this.#viewport, canvas: this.#canvas, at })
  }

  /** The cell at a point of the window, which may be outside the board; null before the board is known. */
  anyCellAt(at: ScreenPoint): BoardPoint | null {
    return this.#canvas && planeCellAt(this.#camera, this.#viewport, at)
  }

  hasCell({ gx, gy }: BoardPoint) {
    return this.#canvas !== null && gx >= 0 && gy >= 0 && gx < this.#canvas.width && gy < this.#canvas.height
  }

  /** The nearest cell on the board. */
  inside({ gx, gy }: BoardPoint): BoardPoint {
    const { width, height } = this.#canvas ?? { width: 1, height: 1 }
    return { gx: Math.min(width - 1, Math.max(0, gx)), gy: Math.min(height - 1, Math.max(0, gy)) }
  }

  /** Continues the glide by the elapsed time. */
  step(elapsedMs: number) {
    if (this.#goal) {
      const zoom = stepZoom(this.#camera.zoom, this.#goal.zoom, elapsedMs)
      this.#look(anchored({ ...this.#goal, zoom, viewport: this.#viewport }))
      if (zoom === this.#goal?.zoom) this.#goal = null
    }
    if (this.#glide) {
      const { dx, dy, velocity } = stepGlide(this.#glide, elapsedMs)
      this.#glide = velocity
      this.#look(panBy(this.#camera, dx, dy))
    }
  }

  #zoomNow(at: ScreenPoint, zoom: number) {
    this.#look(zoomAbout({ camera: this.#camera, viewport: this.#viewport, at, zoom: this.#clampZoom(zoom) }))
  }

  #clampZoom(zoom: number) {
    const { min, max } = zoomLimits(this.#canvas ?? { width: 1, height: 1 }, this.#viewport)
    return Math.min(max, Math.max(min, zoom))
  }

  #look(camera: Camera) {
    this.#move(camera)
    this.#events.onLook()
  }

  #move(camera: Camera) {
    this.#camera = this.#canvas ? clampCamera(camera, this.#canvas, this.#viewport) : camera
    this.#events.onChange()
  }

  #rest() {
    this.#glide = null
    this.#goal = null
  }

  #touch() {
    this.#untouched = false
  }
}
