/**
 * Plans the undos of a group (`plan-group.ts`). An undo takes back a placement that still stands, and restores the color and the owner that stand
 * below it. It belongs to the same transaction as the placements of its group, so a race with a placement has one outcome.
 */
import { isProtected } from './area.ts'
import type { CanvasId, Epoch, PainterId, PlacementId, Position, TileNumber } from './brand.ts'
import { type Canvas, settingsOf } from './canvas.ts'
import { type ChargeState, type Charges, newPainterCharges, refund, showCharges } from './charges.ts'
import type { CommitKind } from './commit.ts'
import { archiveRefusal, areaRefusal, finaleRefusal, stateRefusal } from './decide.ts'
import { isErased, isGone } from './erasing.ts'
import { pointOf } from './geometry.ts'
import type { GroupCommits, OpenCommit } from './group-commits.ts'
import { nobody, type Painter } from './painter.ts'
import { foldPixel, type PixelEntry, type Standing } from './pixel-fold.ts'
import type { GroupState, IdempotencyRecord } from './plan-group.ts'
import type { Refusal } from './refusal.ts'
import { countUndo } from './undo-rate.ts'

export interface UndoRequest {
  readonly painter: Pick<Painter, 'id' | 'createdAtMs'>
  /** 1 to `maxUndos`. The newest one is undone first, whatever their order is. */
  readonly undo: readonly PlacementId[]
}

export const maxUndos = 256

/** A placement as the outbox has it. */
export interface StoredPlacement {
  readonly canvas: CanvasId
  readonly epoch: Epoch
  readonly tile: TileNumber
  readonly position: Position
  readonly atMs: number
  readonly cause: CommitKind
  readonly by: PainterId
  readonly color: number
  readonly previous: number
}

/** An undone placement, as in the answer. */
export interface Undo {
  readonly id: PlacementId
  readonly canvas: CanvasId
  readonly gx: number
  readonly gy: number
  readonly tile: TileNumber
  /** The restored color and owner. */
  readonly color: number
  readonly by: PainterId
  readonly atMs: number
  readonly charges: Charges
}

export type UndoOutcome = { ok: true; undo: Undo } | { ok: false; refusal: Refusal }
export interface UndoneOutcome {
  readonly kind: 'undone'
  /** In the order of the request. */
  readonly results: readonly UndoOutcome[]
}

/** Has a space, so that no client can use it as its own key. */
export const undoKey = (id: PlacementId) => `undo ${id}`

/** The charges that a group has changed so far. */
export interface ChargeBook {
  get(painter: PainterId, canvas: CanvasId): ChargeState | null
  set(painter: PainterId, canvas: CanvasId, state: ChargeState): void
}

/** Returns the outcome, once the group's commits have their times. */
type Draft = () => UndoOutcome
interface Found {
  readonly id: PlacementId
  readonly canvas: Canvas
  readonly placement: StoredPlacement
}

export interface UndoPlannerOptions {
  readonly state: GroupState
  readonly commits: GroupCommits
  readonly charges: ChargeBook
}

const refused =
  (refusal: Refusal): Draft =>
  () => ({ ok: false, refusal })

const notFound: Refusal = { code: 'not_found', detail: 'There is no placement with this id that could be undone.' }
const notOwn: Refusal = { code: 'forbidden', detail: 'Only the painter who placed this pixel can undo it.' }
const paintedOver: Refusal = {
  code: 'painted_over',
  detail: 'This placement no longer stands: somebody has painted there since, or it was undone.',
}
const notReadable: Refusal = {
  code: 'unavailable',
  detail: 'What was there before cannot be read now. Nothing was changed; try again in a moment.',
  retryAfterMs: 2_000,
}
const expired = (undoMs: number): Refusal => ({
  code: 'undo_expired',
  detail: undoMs === 0 ? 'Pixels cannot be undone on this canvas.' : `A pixel can be undone for ${undoMs / 1_000} s.`,
})
const tooMany = (retryAfterMs: number): Refusal => ({
  code: 'rate_limited',
  detail: 'You have undone as many pixels as a minute allows. Wait a moment.',
  retryAfterMs,
})

export const createUndoPlanner = ({ state, commits, charges }: UndoPlannerOptions) => {
  const { nowMs, chargesNowMs = nowMs } = state
  /** The undos of this group by painter and placement. */
  const drafts = new Map<
    string,
    { readonly draft: Draft; readonly painter: PainterId; readonly canvas: Canvas; readonly id: PlacementId }
  >()
  /** The times of the placements that this group has undone, by pixel. */
  const undone = new Map<string, number[]>()
  const pixelKey = ({ canvas, tile, position }: StoredPlacement) => `${canvas}/${tile}/${position}`

  /** Null when it cannot be known now, because a part of the history is missing. */
  const standing = (placement: StoredPlacement, canvas: Canvas, alsoUndone: readonly number[] = []): Standing<PixelEntry> | null => {
    const entries = state.history(placement)
    const [newest] = entries ?? []
    const row = state.pixel(placement.canvas, placement.tile, placement.position)
    if (!entries || !newest || newest.atMs !== row?.atMs) return null
    return foldPixel(entries, { background: canvas.background, undone: [...(undone.get(pixelKey(placement)) ?? []), ...alsoUndone] })
  }

  const find = (painter: PainterId, id: PlacementId): Found | Draft => {
    const placement = state.placement(id)
    const canvas = placement && state.canvas(placement.canvas)
    if (!placement || isGone(canvas) || isErased(canvas, placement)) return refused(notFound)
    if (placement.by !== painter || placement.cause !== 'paint') return refused(notOwn)
    if (typeof canvas.archivedAtMs === 'number') return refused(archiveRefusal(canvas.id))
    if (canvas.state !== 'open') return refused(stateRefusal(canvas.id, canvas.state))
    const { undoMs } = settingsOf(canvas)
    if (undoMs === 0 || nowMs - placement.atMs > undoMs) return refused(expired(undoMs))
    return { id, canvas, placement }
  }

  /** The answer to an earlier request, if it has one. */
  const repeated = (painter: PainterId, id: PlacementId): Draft | null => {
    const here = drafts.get(`${painter}/${id}`)
    if (here) return here.draft
    const record = state.idempotencyRecord(painter, undoKey(id))
    if (record?.outcome.kind !== 'undone') return null
    const canvas = record.canvas === undefined ? null : state.canvas(record.canvas)
    const [result] = record.outcome.results
    if (!result || isGone(canvas) || canvas.origin !== record.origin) return refused(notFound)
    return () => result
  }

  const payBack = (painter: UndoRequest['painter'], canvas: Canvas): { refusal: Refusal } | { shown: Charges } => {
    const before = charges.get(painter.id, canvas.id)
    const counted = countUndo(canvas, before?.undone, chargesNowMs)
    if (!counted.ok) return { refusal: tooMany(counted.retryAfterMs) }
    // A painter who has painted without a cooldown only.
    const paid = before ? refund(canvas, before, chargesNowMs) : newPainterCharges(canvas, painter.createdAtMs, chargesNowMs)
    const after = { count: paid.count, sinceMs: paid.sinceMs, undone: counted.undone }
    charges.set(painter.id, canvas.id, after)
    return { shown: showCharges(canvas, after, chargesNowMs, nowMs) }
  }

  const undoOne = (painter: UndoRequest['painter'], { id, canvas, placement }: Found): Draft => {
    const point = pointOf(canvas.tileSize, placement.tile, placement.position)
    if (isProtected(canvas, point)) return refused(areaRefusal(point))
    if (commits.isPlacedOver(canvas, point)) return refused(paintedOver)
    const now = standing(placement, canvas)
    if (!now) return refused(notReadable)
    if (now.entry?.atMs !== placement.atMs) return refused(paintedOver)
    const below = standing(placement, canvas, [placement.atMs]) ?? now
    const finale = finaleRefusal(canvas, below.color)
    if (finale) return refused(finale)
    const paid = payBack(painter, canvas)
    if ('refusal' in paid) return refused(paid.refusal)
    const { color, by } = below
    // A placement that changed nothing did not count for its painter.
    const earner = placement.color === placement.previous ? nobody : painter.id
    const { commit } = commits.add({ canvas, point, color, by, cause: 'undo', undoes: { by: earner, atMs: placement.atMs } })
    undone.set(pixelKey(placement), [...(undone.get(pixelKey(placement)) ?? []), placement.atMs])
    const draft = (): UndoOutcome => ({ ok: true, undo: undoOf(id, commit, { ...point, color, by, charges: paid.shown }) })
    drafts.set(`${painter.id}/${id}`, { draft, painter: painter.id, canvas, id })
    return draft
  }

  return {
    undo({ painter, undo }: UndoRequest): Draft[] {
      const results = new Map<PlacementId, Draft>()
      const found: Found[] = []
      for (const id of new Set(undo)) {
        const one = repeated(painter.id, id) ?? find(painter.id, id)
        if (typeof one === 'function') results.set(id, one)
        else found.push(one)
      }
      found.sort((a, b) => b.placement.atMs - a.placement.atMs)
      for (const one of found) results.set(one.id, undoOne(painter, one))
      return undo.map((id) => results.get(id) ?? refused(notFound))
    },

    records: () =>
      [...drafts.values()].map(({ draft, painter, canvas: { id: canvas, origin }, id }) => {
        const value: IdempotencyRecord = {
          fingerprint: '',
          canvas,
          ...(origin && { origin }),
          outcome: { kind: 'undone', results: [draft()] },
        }
        return { painter, key: undoKey(id), value, replaces: false }
      }),
  }
}

const undoOf = (
  id: PlacementId,
  { canvas, tile, atMs }: OpenCommit,
  shown: Pick<Undo, 'gx' | 'gy' | 'color' | 'by' | 'charges'>,
): Undo => ({
  id,
  canvas,
  tile,
  atMs,
  ...shown,
})
