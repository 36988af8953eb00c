/**
 * Decide: may this painter set this pixel now? A pure function, so every rule can be tested without a database, and so that
 * the answer is the same in every adapter's transaction.
 */
import type { CanvasId } from './brand.ts'
import type { Canvas } from './canvas.ts'
import { type ChargeState, newcomerCharges, spend } from './charges.ts'
import { contains } from './geometry.ts'
import type { Painter } from './painter.ts'
import { colorIndex } from './palette.ts'
import type { Refusal } from './refusal.ts'

export interface WantedPixel {
  readonly gx: number
  readonly gy: number
  /** `#RRGGBB` in any letter case, or an index into the palette. */
  readonly color: string | number
}

export interface DecideInput {
  readonly canvas: Canvas
  readonly painter: Pick<Painter, 'createdAtMs'>
  /** Null when the painter has never painted on this canvas. */
  readonly charges: ChargeState | null
  readonly pixel: WantedPixel
  /** By the clock of charges. */
  readonly nowMs: number
  /** True for pictures and other acts of an operator: they cost no charge, and a paused or closed canvas takes them. */
  readonly byOperator?: boolean
}

export type Decision = { ok: true; color: number; charges: ChargeState | null } | { ok: false; refusal: Refusal }

const refuse = (refusal: Refusal): Decision => ({ ok: false, refusal })

/** The order of the checks is the order in which a person could mend them; a charge is looked at last, so a refusal never costs one. */
export const decide = ({ canvas, painter, charges, pixel, nowMs, byOperator = false }: DecideInput): Decision => {
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
  if (canvas.cooldownMs === 0 || byOperator) return { ok: true, color, charges: null }
  const spent = spend(canvas, charges ?? newcomerCharges(canvas, painter.createdAtMs, nowMs), nowMs)
  if (!spent.ok) {
    return refuse({
      code: 'cooldown',
      detail: `No charge is left. The next one comes in ${(spent.retryAfterMs / 1_000).toFixed(1)} s.`,
      retryAfterMs: spent.retryAfterMs,
    })
  }
  return { ok: true, color, charges: spent.state }
}

const stateRefusal = (id: CanvasId, state: 'paused' | 'closed'): Refusal =>
  state === 'closed'
    ? { code: 'canvas_closed', detail: `The canvas "${id}" is closed. It can be looked at, not painted.` }
    : { code: 'canvas_paused', detail: `The canvas "${id}" is paused. Painting goes on when it is opened again.` }
