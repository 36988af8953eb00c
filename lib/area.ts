import type { BoardPoint } from './geometry.ts'

/** A rectangle of the board. `gx` and `gy` are its top left pixel; `width` and `height` are at least 1. */
export interface Area extends BoardPoint {
  readonly width: number
  readonly height: number
}

/** The edges, without `right` and `bottom` themselves. */
export const areaRect = ({ gx, gy, width, height }: Area) => ({ left: gx, top: gy, right: gx + width, bottom: gy + height })

export const areaContains = (area: Area, { gx, gy }: BoardPoint) =>
  gx >= area.gx && gy >= area.gy && gx < area.gx + area.width && gy < area.gy + area.height

export const isProtected = ({ protectedAreas = [] }: { readonly protectedAreas?: readonly Area[] }, point: BoardPoint) =>
  protectedAreas.some((area) => areaContains(area, point))
