import { asPainterId, type PainterId } from './brand.ts'

export const roles = ['guest', 'painter', 'moderator', 'admin'] as const
export type Role = (typeof roles)[number]

/** A painter, proved by a session or a token. Nothing is stored before the first pixel. */
export interface Painter {
  readonly id: PainterId
  readonly name: string
  readonly role: Role
  readonly createdAtMs: number
}

/** What others see of a painter. */
export interface PainterRef {
  readonly id: PainterId
  readonly name: string
}

/** The painter of an operator whose session had no painter before. */
export const adminPainterId = asPainterId('p_admin')

/** A painter that a program made. Other painters have 16 characters after `p_`, so that none of them has this form. */
const botForm = /^p_bot[0-9a-z]{16}$/
export const isBot = (id: PainterId) => botForm.test(id)

/** What an address can name as a painter. */
export const painterForm = /^p_[0-9a-z]{4,40}$/

/** The name of a painter who has not chosen one. */
export const guestName = (id: PainterId) => (id === adminPainterId ? 'Admin' : `Guest ${id.slice(-4)}`)
