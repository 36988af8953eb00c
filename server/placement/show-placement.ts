import type { CanvasId } from '../../lib/brand.ts'
import type { Charges } from '../../lib/charges.ts'
import type { Placement } from '../../lib/plan-group.ts'

/** A placement in the answer. */
export interface ShownPlacement {
  readonly id: string
  readonly canvas: CanvasId
  readonly gx: number
  readonly gy: number
  readonly color: string
  readonly tile: number
  readonly at: string
  readonly charges: Charges
}

/** @throws when the palette has no such color. */
export const showPlacement = (placement: Placement, palette: readonly string[]): ShownPlacement => {
  const color = palette[placement.color]
  if (color === undefined) throw new Error(`colour ${placement.color} is not in the palette`)
  return {
    id: placement.id,
    canvas: placement.canvas,
    gx: placement.gx,
    gy: placement.gy,
    color,
    tile: placement.tile,
    at: new Date(placement.atMs).toISOString(),
    charges: placement.charges,
  }
}
