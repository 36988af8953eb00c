/** What older servers do not tell about a board. */
import type { AdminCanvas } from '../../../lib/show-canvas.ts'

type Later = AdminCanvas & { readonly erasing?: 'delete' | 'start_over' | null }

export const erasingOf = (board: Later) => board.erasing ?? null
