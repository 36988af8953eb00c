/**
 * A board that is deleted or started over gets a new epoch at once, in the transaction that says so. From then on everything of the former epoch counts
 * as erased, also what a slow process still writes: it gets no seq, and nothing reads it. Its rows are removed later, in parts. Until they are gone,
 * nobody can paint.
 */
import type { Epoch } from './brand.ts'
import type { Canvas } from './canvas.ts'
import type { Commit } from './commit.ts'
import { controlTile, type InternalChange } from './control-log.ts'

export type Erasing = NonNullable<Canvas['erasing']>

/** `epoch` is a new one. */
export const planErasing = (erasing: Erasing, epoch: Epoch): InternalChange =>
  erasing === 'delete' ? { erasing, epoch, state: 'closed', schedule: [] } : { erasing, epoch, origin: epoch, state: 'paused' }

/** The change after the last row of a board that is started over. */
export const erasingEnded: InternalChange = { erasing: null }

/** Whether there is no such board for anybody: it never was, or it is being deleted. */
export const isGone = (canvas: Canvas | null): canvas is null => canvas === null || canvas.erasing === 'delete'

/** Whether this log of the board is empty, whatever is still stored of it. */
export const isEmptied = (canvas: Canvas, { tile }: Pick<Commit, 'tile'>) => canvas.erasing != null && tile !== controlTile

/** Whether an entry is of a board, or of a history of it, that was erased. */
export const isErased = (canvas: Canvas | null, entry: Pick<Commit, 'tile' | 'epoch'>) =>
  canvas === null || entry.epoch !== canvas.epoch || isEmptied(canvas, entry)
