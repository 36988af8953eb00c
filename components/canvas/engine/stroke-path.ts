import type { BoardPoint } from '../../../lib/geometry.ts'

/** The cells of a line after `from`, up to and with `to` (Bresenham). Each one touches the one before it. */
export const lineAfter = (from: BoardPoint, to: BoardPoint): BoardPoint[] => {
  const dx = Math.abs(to.gx - from.gx)
  const dy = Math.abs(to.gy - from.gy)
  const stepX = Math.sign(to.gx - from.gx)
  const stepY = Math.sign(to.gy - from.gy)
  const cells: BoardPoint[] = []
  let { gx, gy } = from
  let error = dx - dy
  for (let left = Math.max(dx, dy); left > 0; left--) {
    const doubled = 2 * error
    if (doubled > -dy) {
      error -= dy
      gx += stepX
    }
    if (doubled < dx) {
      error += dx
      gy += stepY
    }
    cells.push({ gx, gy })
  }
  return cells
}
