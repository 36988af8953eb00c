import { isProtected } from '../../../lib/area.ts'
import { type BoardPoint, contains } from '../../../lib/geometry.ts'
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { CanvasInfo } from './types.ts'

/** What the server would refuse, in its order (`lib/decide.ts`). Charges are checked last. */
export const refusalOf = (canvas: CanvasInfo, cell: BoardPoint, color: number): ProblemCode | null => {
  if (canvas.state === 'closed') return 'canvas_closed'
  if (canvas.state === 'paused' || canvas.erasing !== null) return 'canvas_paused'
  if (!contains(canvas, cell)) return 'out_of_bounds'
  if (!Number.isInteger(color) || color < 0 || color >= canvas.palette.length) return 'color_not_in_palette'
  if (isProtected(canvas, cell)) return 'area_protected'
  return canvas.onlyColor === null || canvas.onlyColor === color ? null : 'color_not_allowed'
}
