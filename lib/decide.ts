/**
 * Decides whether a painter may set a pixel now. It is a pure function, so that all adapters decide the same in their
 * transactions, and tests need no database.
 */
import { isProtected } from './area.ts'
import type { CanvasId } from './brand.ts'
import type { Canvas } from './canvas.ts'
import { type ChargeState, newPainterCharges, spend } from './charges.ts'
import { contains } from './geometry.ts'
import type { Painter } from './painter.ts'
import { colorIndex } from './palette.ts'
import type { Refusal } from './refusal.ts'

export interface WantedPixel {
  readonly gx: number
  readonly gy: number
  /** `#RRGGBB` in any letter case, or an index into the palette. */
  readonly color: string | number
  /** The epoch that the pixel is for. Left out: the present one. */
  readonly epoch?: string | undefined
}

export interface DecideInput {
  readonly canvas: Canvas
  readonly painter: Pick<Painter, 'createdAtMs'>
  /** Null if the painter has never painted on this canvas. */
  readonly charges: ChargeState | null
  readonly pixel: WantedPixel
  /** The time of the charge clock. */
  readonly nowMs: number
  /** True for pictures and other actions of an operator. They take no charge and are accepted on a paused or closed canvas, but not in an archive. */
  readonly byOperator?: boolean
}

export type Decision = { ok: true; color: number; charges: ChargeState | null } | { ok: false; refusal: Refusal }

const refuse = (refusal: Refusal): Decision => ({ ok: false, refusal })

/** The charge is checked last, so that a refusal never takes one. */
export const decide = ({ canvas, painter, charges, pixel, nowMs, byOperator = false }: DecideInput): Decision => {
  if (pixel.epoch !== undefined && pixel.epoch !== canvas.epoch) return refuse(epochRefusal(canvas.id))
  if (typeof canvas.archivedAtMs === 'number') return refuse(archiveRefusal(canvas.id))
  if (canvas.state !== 'open' && !byOperator) return refuse(stateRefusal(canvas.id, canvas.state))
  if (!contains(canvas, pixel)) {
    return refuse({
      code: 'out_of_bounds',
      detail: `gx must be 0 to ${canvas.width - 1} and gy 0 to ${canvas.height - 1}; got ${pixel.gx}, ${pixel.gy}.`,
    })
  }
  const color = colorIndex(canvas.palette, pixel.color)
  if (color === null) {
    return refuse({
      code: 'color_not_in_palette',
      detail: `${pixel.color} is not one of the ${canvas.palette.length} colours of this canvas.`,
    })
  }
  if (!byOperator) {
    if (isProtected(canvas, pixel)) return refuse(areaRefusal(pixel))
    const refusal = finaleRefusal(canvas, color)
    if (refusal) return refuse(refusal)
  }
  if (canvas.cooldownMs === 0 || byOperator) return { ok: true, color, charges: null }
  const spent = spend(canvas, charges ?? newPainterCharges(canvas, painter.createdAtMs, nowMs), nowMs)
  if (!spent.ok) {
    return refuse({
      code: 'cooldown',
      detail: `No charge is left. The next one comes in ${(spent.retryAfterMs / 1_000).toFixed(1)} s.`,
      retryAfterMs: spent.retryAfterMs,
    })
  }
  return { ok: true, color, charges: spent.state }
}

export const areaRefusal = ({ gx, gy }: Pick<WantedPixel, 'gx' | 'gy'>): Refusal => ({
  code: 'area_protected',
  detail: `The area around ${gx}, ${gy} is protected. Only staff can paint there.`,
})

export const finaleRefusal = ({ onlyColor, palette }: Canvas, color: number): Refusal | null =>
  typeof onlyColor === 'number' && color !== onlyColor
    ? { code: 'color_not_allowed', detail: `Only ${palette[onlyColor]} can be placed in the finale.` }
    : null

const epochRefusal = (id: CanvasId): Refusal => ({
  code: 'stale_epoch',
  detail: `The canvas "${id}" was started over, restored or created again. The pixel was for its former epoch.`,
})

export const archiveRefusal = (id: CanvasId): Refusal => ({
  code: 'canvas_closed',
  detail: `The canvas "${id}" is an archive. Nobody can paint there.`,
})

export const stateRefusal = (id: CanvasId, state: 'paused' | 'closed'): Refusal =>
  state === 'closed'
    ? { code: 'canvas_closed', detail: `The canvas "${id}" is closed. It can be looked at, not painted.` }
    : { code: 'canvas_paused', detail: `The canvas "${id}" is paused. Painting continues when it is opened again.` }
