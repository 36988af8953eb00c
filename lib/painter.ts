import type { PainterId } from './brand.ts'

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

/** The name of a painter who has not chosen one: the last four characters of the id. */
export const guestName = (id: PainterId) => `Guest ${id.slice(-4)}`
