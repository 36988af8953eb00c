/** Undoing placements: from their ids to the commit queue, and from the outcome to the answer. */
import { asPlacementId, type CanvasId, type PlacementId } from '../../lib/brand.ts'
import type { Charges } from '../../lib/charges.ts'
import { parsePlacementId } from '../../lib/commit.ts'
import { type Painter, type PainterRef, showPainter } from '../../lib/painter.ts'
import type { Undo, UndoOutcome } from '../../lib/plan-undo.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { Limits } from '../limits/limits.ts'
import type { CanvasCache } from '../store/canvas-cache.ts'
import { StoreError } from '../store/port.ts'
import type { GroupCommitQueue } from './group-commit-queue.ts'

/** An undone placement in the answer: with the color and the owner that stand since. */
export interface ShownUndo {
  readonly id: string
  readonly canvas: CanvasId
  readonly gx: number
  readonly gy: number
  readonly tile: number
  readonly color: string
  readonly by: PainterRef | null
  readonly at: string
  readonly charges: Charges
}

export type ShownUndoOutcome =
  | { readonly kind: 'undone'; readonly undo: ShownUndo }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
export type Undone =
  | { readonly kind: 'done'; readonly results: readonly ShownUndoOutcome[] }
  | Extract<ShownUndoOutcome, { kind: 'refused' }>

/** Undoes placements of a painter. Rejects with code `outcome_unknown` only. */
export type UndoUseCase = (undo: { readonly painter: Painter; readonly ids: readonly string[] }) => Promise<Undone>

export interface UndoUseCaseOptions {
  readonly commitQueue: Pick<GroupCommitQueue, 'undo'>
  readonly canvases: Pick<CanvasCache, 'get' | 'forget'>
  readonly limits: Pick<Limits, 'painter'>
  /** Called once for each id, with the code of the refusal, or `undone`. */
  readonly onOutcome?: (outcome: string) => void
}

export const noPlacement: Refusal = { code: 'not_found', detail: 'There is no placement with this id.' }

export const createUndoUseCase = ({ commitQueue, canvases, limits, onOutcome = () => undefined }: UndoUseCaseOptions): UndoUseCase => {
  const refused = (refusal: Refusal): Extract<ShownUndoOutcome, { kind: 'refused' }> => {
    onOutcome(refusal.code)
    return { kind: 'refused', refusal }
  }

  /** A cached canvas may be a second old, and its palette may have grown since. */
  const paletteWith = async ({ canvas: id, color }: Undo): Promise<readonly string[]> => {
    const canvas = await canvases.get(id)
    if (canvas && color < canvas.palette.length) return canvas.palette
    canvases.forget(id)
    return (await canvases.get(id))?.palette ?? []
  }

  const show = async (outcome: UndoOutcome): Promise<ShownUndoOutcome> => {
    if (!outcome.ok) return refused(outcome.refusal)
    const { undo } = outcome
    const color = (await paletteWith(undo))[undo.color]
    if (color === undefined) throw new Error(`colour ${undo.color} is not in the palette`)
    onOutcome('undone')
    const { atMs, by, ...rest } = undo
    return { kind: 'undone', undo: { ...rest, color, by: showPainter(by), at: new Date(atMs).toISOString() } }
  }

  return async ({ painter, ids }) => {
    const limited = await limits.painter(painter.id)
    if (limited) return refused(limited)
    const known = ids.flatMap((id): PlacementId[] => (parsePlacementId(id) ? [asPlacementId(id)] : []))
    try {
      const outcome = known.length === 0 ? null : await commitQueue.undo({ painter, undo: known })
      if (outcome?.kind === 'refused') return refused(outcome.refusal)
      const outcomes = new Map((outcome?.results ?? []).map((result, index) => [String(known[index]), result]))
      const results: ShownUndoOutcome[] = []
      for (const id of ids) results.push(await show(outcomes.get(id) ?? { ok: false, refusal: noPlacement }))
      return { kind: 'done', results }
    } catch (error) {
      throw new StoreError('outcome_unknown', 'The undo may or may not be saved.', { cause: error })
    }
  }
}
