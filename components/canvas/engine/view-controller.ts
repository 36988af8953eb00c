/**
 * The view and the chosen cell, and what input does to them: gestures, wheel and keys in; a camera, a cell, and "paint this"
 * out. No DOM and no clock, so whole sequences of fingers can be played to it in a test.
 *
 * The invariant: `onPaint` is called for a click, for a second tap on the cell that a tap has chosen, and for `paintCell`,
 * and for nothing else.
 */
import type { BoardPoint } from '../../../lib/geometry.ts'
import {
  anchored,
  type Camera,
  type Covered,
  cellAt,
  clampCamera,
  fitCamera,
  panBy,
  planePoint,
  restingZoom,
  reveal,
  type ScreenPoint,
  screenPoint,
  toPlane,
  toScreen,
  type Viewport,
  zoomAbout,
  zoomLimits,
} from './camera.ts'
import type { GestureAction } from './gestures.ts'
import { startGlide, stepGlide, stepZoom, type Velocity, type ZoomGoal } from './glide.ts'
import type { EngineCanvas, InputHow } from './types.ts'
import type { WheelMeaning } from './wheel.ts'

export interface ViewEvents {
  /** The camera or the cell changed: a frame is due. */
  readonly onChange: () => void
  readonly onCell: (cell: BoardPoint | null, how: InputHow) => void
  readonly onPaint: (cell: BoardPoint, how: InputHow) => void
  readonly onInspect: (cell: BoardPoint) => void
  /** Asked when the board is fitted, and only then: what folds or opens later moves nothing. */
  readonly covered?: () => Covered
}

type CanvasSize = Pick<EngineCanvas, 'width' | 'height'>
type Place = { readonly x: number; readonly y: number; readonly zoom?: number }

/** The keyboard's cell stays this far from the edges of the window, clear of the cards that float there. */
const revealInset = 120

export class ViewController {
  readonly #events: ViewEvents
  #reducedMotion: boolean
  #canvas: CanvasSize | null = null
  #viewport: Viewport = { width: 1, height: 1, pixelRatio: 1 }
  #camera: Camera = { center: planePoint(0, 0), zoom: 1 }
  /** A place asked for before there was a canvas. */
  #wanted: Place | null = null
  /** Nobody has moved the view yet: a change of the window's size fits the board again. */
  #untouched = true
  #cell: BoardPoint | null = null
  #cellHow: InputHow = 'pointer'
  #hover: ScreenPoint | null = null
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

  get cell() {
    return this.#cell
  }

  /** Something goes on moving: the next frame should call `step`. */
  get moving() {
    return this.#glide !== null || this.#goal !== null
  }

  zoomLimits() {
    return zoomLimits(this.#canvas ?? { width: 1, height: 1 }, this.#viewport)
  }

  setReducedMotion(on: boolean) {
    this.#reducedMotion = on
    if (!on) return
    if (this.#goal) this.#camera = anchored({ ...this.#goal, viewport: this.#viewport })
    this.#rest()
    this.#events.onChange()
  }

  setCanvas(canvas: CanvasSize) {
    const first = this.#canvas === null
    this.#canvas = { width: canvas.width, height: canvas.height }
    if (first && this.#wanted) this.centerOn(this.#wanted)
    else if (first || this.#untouched) this.fit()
    else this.#look(this.#camera)
    if (this.#cell && (this.#cell.gx >= canvas.width || this.#cell.gy >= canvas.height)) this.setCell(null, this.#cellHow)
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

  centerOn(place: Place) {
    this.#rest()
    this.#untouched = false
    if (!this.#canvas) {
      this.#wanted = place
      return
    }
    this.#look({ center: planePoint(place.x, place.y), zoom: place.zoom ?? this.#camera.zoom })
  }

  zoomTo(zoom: number) {
    this.#rest()
    this.#touch()
    this.#look({ ...this.#camera, zoom })
  }

  /** A step of a button, a key or a wheel's notch. */
  zoomBy(factor: number, at: ScreenPoint = this.#attention()) {
    this.#touch()
    this.#glide = null
    const { min, max } = this.zoomLimits()
    const unrounded = Math.min(max, Math.max(min, (this.#goal?.unrounded ?? this.#camera.zoom) * factor))
    const zoom = Math.min(max, Math.max(min, restingZoom(unrounded, this.#viewport.pixelRatio)))
    const anchor = toPlane(this.#camera, this.#viewport, at)
    if (this.#reducedMotion) this.#look(anchored({ anchor, at, zoom, viewport: this.#viewport }))
    else this.#goal = { anchor, at, zoom, unrounded }
    this.#events.onChange()
  }

  wheel(meaning: WheelMeaning, at: ScreenPoint) {
    if (meaning.do === 'pan') {
      this.#hold()
      this.#look(panBy(this.#camera, meaning.dx, meaning.dy))
    } else if (meaning.smooth) {
      this.#hold()
      this.#zoomNow(at, this.#camera.zoom * meaning.factor)
    } else {
      this.zoomBy(meaning.factor, at)
    }
  }

  gesture(action: GestureAction) {
    switch (action.do) {
      case 'hold':
        this.#hold()
        break
      case 'pan':
        this.#touch()
        // The pointer goes with the board that it holds: its cell stays, and is not asked for by coordinates that round.
        this.#move(panBy(this.#camera, action.dx, action.dy))
        break
      case 'pinch':
        this.#touch()
        this.#look(panBy(this.#camera, action.to.x - action.from.x, action.to.y - action.from.y))
        this.#zoomNow(action.to, this.#camera.zoom * action.factor)
        break
      case 'fling':
        if (!this.#reducedMotion) this.#glide = startGlide(action)
        this.#events.onChange()
        break
      case 'click': {
        const cell = this.#cellAt(action.at)
        this.#choose(cell, 'pointer')
        if (cell) this.#events.onPaint(cell, 'pointer')
        break
      }
      case 'tap': {
        const cell = this.#cellAt(action.at)
        const again = cell !== null && this.#cellHow === 'touch' && same(cell, this.#cell)
        this.setCell(cell, 'touch')
        if (again) this.#events.onPaint(cell, 'touch')
        break
      }
      case 'long_press':
        this.inspectAt(action.at)
        break
    }
  }

  inspectAt(at: ScreenPoint) {
    const cell = this.#cellAt(at)
    if (cell) this.#events.onInspect(cell)
  }

  /** Where the mouse or the pen is, or null when it has left. Not told while it drags the board. */
  hover(at: ScreenPoint | null) {
    this.#hover = at
    if (at) this.#choose(this.#cellAt(at), 'pointer')
    else if (this.#cellHow === 'pointer') this.#choose(null, 'pointer')
  }

  /** A cell chosen by a key, a tap or the page. It stays until another is chosen or the mouse moves. */
  setCell(cell: BoardPoint | null, how: InputHow) {
    this.#hover = null
    this.#choose(cell && this.#inside(cell), how)
  }

  moveCell(dx: number, dy: number) {
    if (!this.#canvas) return
    const from = this.#cell ?? {
      gx: Math.floor(this.#camera.center.x),
      gy: Math.floor(this.#camera.center.y),
    }
    const cell = this.#inside(this.#cell ? { gx: from.gx + dx, gy: from.gy + dy } : from)
    this.#hold()
    this.#touch()
    this.setCell(cell, 'keyboard')
    this.#look(reveal({ camera: this.#camera, viewport: this.#viewport, cell, inset: revealInset }))
  }

  paintCell(how: InputHow) {
    if (!this.#cell) return false
    this.#events.onPaint(this.#cell, how)
    return true
  }

  /** Moves on what glides. */
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

  /** What somebody who zooms without saying where has in mind: what the pointer is over, or the cell that is chosen, as long as it is in sight. */
  #attention(): ScreenPoint {
    const { width, height } = this.#viewport
    const chosen = this.#cell && toScreen(this.#camera, this.#viewport, planePoint(this.#cell.gx + 0.5, this.#cell.gy + 0.5))
    const at = this.#hover ?? chosen
    const isInSight = at !== null && at.x >= 0 && at.x <= width && at.y >= 0 && at.y <= height
    return isInSight ? at : screenPoint(width / 2, height / 2)
  }

  #zoomNow(at: ScreenPoint, zoom: number) {
    const { min, max } = this.zoomLimits()
    const within = Math.min(max, Math.max(min, zoom))
    this.#look(zoomAbout({ camera: this.#camera, viewport: this.#viewport, at, zoom: within }))
  }

  /** The board moves under a still pointer, so its cell changes too. */
  #look(camera: Camera) {
    this.#move(camera)
    if (this.#hover) this.#choose(this.#cellAt(this.#hover), 'pointer')
  }

  #move(camera: Camera) {
    this.#camera = this.#canvas ? clampCamera(camera, this.#canvas, this.#viewport) : camera
    this.#events.onChange()
  }

  #choose(cell: BoardPoint | null, how: InputHow) {
    const changed = !same(cell, this.#cell) || (cell !== null && how !== this.#cellHow)
    this.#cellHow = how
    if (!changed) return
    this.#cell = cell
    this.#events.onCell(cell, how)
    this.#events.onChange()
  }

  #cellAt(at: ScreenPoint) {
    return this.#canvas && cellAt({ camera: this.#camera, viewport: this.#viewport, canvas: this.#canvas, at })
  }

  #inside({ gx, gy }: BoardPoint): BoardPoint {
    const { width, height } = this.#canvas ?? { width: 1, height: 1 }
    return { gx: Math.min(width - 1, Math.max(0, gx)), gy: Math.min(height - 1, Math.max(0, gy)) }
  }

  #hold() {
    this.#rest()
    this.#touch()
  }

  #rest() {
    this.#glide = null
    this.#goal = null
  }

  #touch() {
    this.#untouched = false
  }
}

const same = (a: BoardPoint | null, b: BoardPoint | null) => a === b || (a !== null && b !== null && a.gx === b.gx && a.gy === b.gy)
