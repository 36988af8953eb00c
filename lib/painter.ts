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

/** The owner of a pixel that shows the background again, and of counts that are no painter's. In answers it is null. */
export const nobody = asPainterId('')

/** The name of a painter who has not chosen one. */
export const guestName = (id: PainterId) => (id === adminPainterId ? 'Admin' : `Guest ${id.slice(-4)}`)

/** Null for nobody. */
export const showPainter = (id: PainterId, nameOf: (id: PainterId) => string = guestName): PainterRef | null =>
  id === nobody ? null : { id, name: nameOf(id) }
