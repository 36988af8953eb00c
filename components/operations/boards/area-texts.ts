import type { Area } from '../../../lib/area.ts'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { countOf } from './number-texts.ts'

/** A protected area as a host types it. `id` is for the page only. */
export interface AreaTexts {
  readonly id: string
  readonly gx: string
  readonly gy: string
  readonly width: string
  readonly height: string
}

export const areaParts = ['gx', 'gy', 'width', 'height'] as const

export const areaTextsOf = ({ gx, gy, width, height }: Area, index: number): AreaTexts => ({
  id: `stored-${index}`,
  gx: String(gx),
  gy: String(gy),
  width: String(width),
  height: String(height),
})

/** Null unless the area is inside the board. */
export const areaOf = (texts: AreaTexts, board: Pick<AdminCanvas, 'width' | 'height'>): Area | null => {
  const [gx, gy] = [countOf(texts.gx, 0, board.width - 1), countOf(texts.gy, 0, board.height - 1)]
  if (gx === null || gy === null) return null
  const [width, height] = [countOf(texts.width, 1, board.width - gx), countOf(texts.height, 1, board.height - gy)]
  return width === null || height === null ? null : { gx, gy, width, height }
}
