import { asPainterId, type PainterId } from './brand.ts'

export const roles = ['guest', 'painter', 'moderator', 'admin'] as const
export type Role = (typeof roles)[number]

/** Whoever paints, as a session or a token proves it. Nothing is stored for a painter before their first pixel. */
export interface Painter {
  readonly id: PainterId
  readonly name: string
  readonly role: Role
  readonly createdAtMs: number
}

/** A painter as others see them. */
export interface PainterRef {
  readonly id: PainterId
  readonly name: string
}

/** Who an operator paints as, unless their session had a painter before. */
export const adminPainterId = asPainterId('p_admin')

/** The name of a painter who has not chosen one: the last four characters of the id. */
export const guestName = (id: PainterId) => (id === adminPainterId ? 'Admin' : `Guest ${id.slice(-4)}`)
