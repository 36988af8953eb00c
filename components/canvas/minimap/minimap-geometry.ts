/** Where the board is on the minimap. Coordinates are pixels of the minimap's picture, from its top left. */
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { CanvasView } from '../engine/types.ts'

interface Size {
  readonly width: number
  readonly height: number
}

export interface MinimapPlan {
  /** Of the square picture. */
  readonly side: number
  /** Pixels of the minimap for one cell. */
  readonly scale: number
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The whole board in the middle of a square. A long narrow board is at least a pixel wide. */
export const planMinimap = (board: Size, side: number): MinimapPlan => {
  const scale = side / Math.max(board.width, board.height)
  const width = Math.max(1, Math.round(board.width * scale))
  const height = Math.max(1, Math.round(board.height * scale))
  return { side, scale, width, height, left: Math.floor((side - width) / 2), top: Math.floor((side - height) / 2) }
}

export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A rectangle of cells, as parts of the minimap's side (0 to 1), cut at its edges. */
export const frameOf = ({ side, scale, left, top }: MinimapPlan, area: Frame): Frame => {
  const edge = (origin: number, value: number) => Math.min(1, Math.max(0, (origin + value * scale) / side))
  const [x0, y0] = [edge(left, area.left), edge(top, area.top)]
  return { left: x0, top: y0, width: edge(left, area.left + area.width) - x0, height: edge(top, area.top + area.height) - y0 }
}

/** The cells in the window. */
export const windowArea = ({ centerX, centerY, zoom }: Pick<CanvasView, 'centerX' | 'centerY' | 'zoom'>, window: Size): Frame => {
  const [width, height] = [window.width / zoom, window.height / zoom]
  return { left: centerX - width / 2, top: centerY - height / 2, width, height }
}

/** The board point under a point of the minimap, whose coordinates are parts of its side. It is always on the board. */
export const boardPointAt = ({ side, scale, left, top }: MinimapPlan, board: Size, x: number, y: number): { x: number; y: number } => ({
  x: Math.min(board.width, Math.max(0, (x * side - left) / scale)),
  y: Math.min(board.height, Math.max(0, (y * side - top) / scale)),
})

/** How far an arrow key moves the view: a quarter of the window, at least a cell. */
export const stepOf = (key: string, area: Frame): { x: number; y: number } | null => {
  const [dx, dy] = [Math.max(1, area.width / 4), Math.max(1, area.height / 4)]
  switch (key) {
    case 'ArrowLeft':
      return { x: -dx, y: 0 }
    case 'ArrowRight':
      return { x: dx, y: 0 }
    case 'ArrowUp':
      return { x: 0, y: -dy }
    case 'ArrowDown':
      return { x: 0, y: dy }
    default:
      return null
  }
}

/** The pixel of the minimap, counted row by row, that shows a cell. */
export const minimapPixel = ({ side, scale, left, top, width, height }: MinimapPlan, { gx, gy }: BoardPoint): number => {
  const x = left + Math.min(width - 1, Math.floor((gx + 0.5) * scale))
  const y = top + Math.min(height - 1, Math.floor((gy + 0.5) * scale))
  return y * side + x
}
