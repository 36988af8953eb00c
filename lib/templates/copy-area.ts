import type { Area } from '../area.ts'
import type { BoardPoint } from '../geometry.ts'
import { noCell, type TemplatePicture } from './template.ts'

/** A template of a part of the board. Nothing is wanted where the board is not loaded; `missing` counts those cells. */
export const copyArea = (
  { gx, gy, width, height }: Area,
  colorAt: (cell: BoardPoint) => number | null,
): { picture: TemplatePicture; missing: number } => {
  let missing = 0
  const cells = Uint16Array.from({ length: width * height }, (_, at) => {
    const color = colorAt({ gx: gx + (at % width), gy: gy + Math.floor(at / width) })
    if (color === null) missing++
    return color ?? noCell
  })
  return { picture: { width, height, cells }, missing }
}
