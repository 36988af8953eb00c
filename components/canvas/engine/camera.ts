/**
 * Converts `ScreenPoint` (CSS pixels of the host), `PlanePoint` (board pixels with fractions) and `BoardPoint` (whole cells).
 * Drawing and hit tests share `deviceTransform`, whose origin is a whole device pixel. So a click hits the cell that is drawn under
 * it, and edges do not shimmer during a pan.
 */
import type { Brand } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { Rect } from './rect.ts'
import type { EngineCanvas } from './types.ts'

/** CSS pixels from the top left of the host. */
export type ScreenPoint = Brand<{ readonly x: number; readonly y: number }, 'ScreenPoint'>
/** Board pixels with fractions. */
export type PlanePoint = Brand<{ readonly x: number; readonly y: number }, 'PlanePoint'>

export const screenPoint = (x: number, y: number) => ({ x, y }) as ScreenPoint
export const planePoint = (x: number, y: number) => ({ x, y }) as PlanePoint

export interface Camera {
  readonly center: PlanePoint
  /** CSS pixels per board pixel. */
  readonly zoom: number
}

/** The window, in CSS pixels, and how many device pixels one of them takes. */
export interface Viewport {
  readonly width: number
  readonly height: number
  readonly pixelRatio: number
}

type Size = Pick<EngineCanvas, 'width' | 'height'>

/** CSS pixels at the top and the bottom of the window that cards cover. */
export interface Covered {
  readonly top: number
  readonly bottom: number
}

/** CSS pixels per board pixel, at most. */
export const maxZoom = 64
/** The smallest zoom, as a part of the zoom at which the board fits. */
const outerRoom = 2
/** CSS pixels left free on each side of a board that fits. */
const fitMargin = 32

/** Device pixels: a board point `p` is drawn at `origin + p × scale`. */
export interface DeviceTransform {
  readonly originX: number
  readonly originY: number
  readonly scale: number
}

export const deviceTransform = (camera: Camera, viewport: Viewport): DeviceTransform => {
  const scale = camera.zoom * viewport.pixelRatio
  return {
    originX: Math.round((viewport.width * viewport.pixelRatio) / 2 - camera.center.x * scale),
    originY: Math.round((viewport.height * viewport.pixelRatio) / 2 - camera.center.y * scale),
    scale,
  }
}

export const toPlane = (camera: Camera, viewport: Viewport, at: ScreenPoint): PlanePoint =>
  planePoint(camera.center.x + (at.x - viewport.width / 2) / camera.zoom, camera.center.y + (at.y - viewport.height / 2) / camera.zoom)

export const toScreen = (camera: Camera, viewport: Viewport, point: PlanePoint): ScreenPoint =>
  screenPoint(
    (point.x - camera.center.x) * camera.zoom + viewport.width / 2,
    (point.y - camera.center.y) * camera.zoom + viewport.height / 2,
  )

/** The cell that is drawn under a point of the window. Beside the board it is one that the board does not have. */
export const planeCellAt = (camera: Camera, viewport: Viewport, at: ScreenPoint): BoardPoint => {
  const { originX, originY, scale } = deviceTransform(camera, viewport)
  return {
    gx: Math.floor((at.x * viewport.pixelRatio - originX) / scale),
    gy: Math.floor((at.y * viewport.pixelRatio - originY) / scale),
  }
}

/** The cell that is drawn under a point of the window, or null beside the board. */
export const cellAt = (options: { camera: Camera; viewport: Viewport; canvas: Size; at: ScreenPoint }): BoardPoint | null => {
  const { canvas } = options
  const { gx, gy } = planeCellAt(options.camera, options.viewport, options.at)
  return gx >= 0 && gy >= 0 && gx < canvas.width && gy < canvas.height ? { gx, gy } : null
}

/** The zoom at which the whole board fits with a margin, at most `maxZoom`. */
export const fitZoom = (canvas: Size, viewport: Viewport) =>
  Math.min(
    maxZoom,
    Math.max(1, viewport.width - 2 * fitMargin) / canvas.width,
    Math.max(1, viewport.height - 2 * fitMargin) / canvas.height,
  )

export const zoomLimits = (canvas: Size, viewport: Viewport) => ({
  min: Math.min(1, fitZoom(canvas, viewport) / outerRoom),
  max: maxZoom,
})

const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value))

/** Keeps the middle of the window on the board and the zoom within its limits. */
export const clampCamera = (camera: Camera, canvas: Size, viewport: Viewport): Camera => {
  const { min, max } = zoomLimits(canvas, viewport)
  return {
    center: planePoint(clamp(camera.center.x, 0, canvas.width), clamp(camera.center.y, 0, canvas.height)),
    zoom: clamp(camera.zoom, min, max),
  }
}

/** Shows the whole board in the middle of the uncovered part of the window. */
export const fitCamera = (canvas: Size, viewport: Viewport, { top, bottom }: Covered = { top: 0, bottom: 0 }): Camera => {
  const zoom = Math.max(
    zoomLimits(canvas, viewport).min,
    fitZoom(canvas, { ...viewport, height: Math.max(1, viewport.height - top - bottom) }),
  )
  return { center: planePoint(canvas.width / 2, canvas.height / 2 + (bottom - top) / 2 / zoom), zoom }
}

/** Moves the board by CSS pixels. */
export const panBy = (camera: Camera, dx: number, dy: number): Camera => ({
  center: planePoint(camera.center.x - dx / camera.zoom, camera.center.y - dy / camera.zoom),
  zoom: camera.zoom,
})

/** Shows the plane point `anchor` at `at`, at the given zoom. */
export const anchored = (options: { anchor: PlanePoint; at: ScreenPoint; zoom: number; viewport: Viewport }): Camera => {
  const { anchor, at, zoom, viewport } = options
  return {
    center: planePoint(anchor.x - (at.x - viewport.width / 2) / zoom, anchor.y - (at.y - viewport.height / 2) / zoom),
    zoom,
  }
}

/** Zooms and keeps the point under `at`. */
export const zoomAbout = (options: { camera: Camera; viewport: Viewport; at: ScreenPoint; zoom: number }): Camera =>
  anchored({ ...options, anchor: toPlane(options.camera, options.viewport, options.at) })

/** From two device pixels per cell on, a zoom at rest uses whole device pixels, so that all cells are equally wide. */
export const restingZoom = (zoom: number, pixelRatio: number) => {
  const scale = zoom * pixelRatio
  return scale < 2 ? zoom : Math.round(scale) / pixelRatio
}

/** The part of the plane that is in the window. */
export const visibleArea = (camera: Camera, viewport: Viewport): Rect => {
  const halfWidth = viewport.width / 2 / camera.zoom
  const halfHeight = viewport.height / 2 / camera.zoom
  return {
    left: camera.center.x - halfWidth,
    top: camera.center.y - halfHeight,
    right: camera.center.x + halfWidth,
    bottom: camera.center.y + halfHeight,
  }
}

/** The smallest pan after which a cell is at least `inset` CSS pixels away from the edges of the window. */
export const reveal = (options: { camera: Camera; viewport: Viewport; cell: BoardPoint; inset: number }): Camera => {
  const { camera, viewport, cell } = options
  const missing = (from: number, size: number, room: number) => {
    const inset = Math.min(options.inset, (room - size) / 2)
    if (from < inset) return inset - from
    return from + size > room - inset ? room - inset - (from + size) : 0
  }
  const corner = toScreen(camera, viewport, planePoint(cell.gx, cell.gy))
  const dx = missing(corner.x, camera.zoom, viewport.width)
  const dy = missing(corner.y, camera.zoom, viewport.height)
  return dx === 0 && dy === 0 ? camera : panBy(camera, dx, dy)
}
