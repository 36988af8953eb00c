import type { BoardPoint } from './geometry.ts'

/** A rectangle of the board. `gx` and `gy` are its top left pixel; `width` and `height` are at least 1. */
export interface Area extends BoardPoint {
  readonly width: number
  readonly height: number
}

export const areaContains = (area: Area, { gx, gy }: BoardPoint) =>
  gx >= area.gx && gy >= area.gy && gx < area.gx + area.width && gy < area.gy + area.height
