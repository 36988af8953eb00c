/**
 * Plans a group of placements and undos that share one transaction (group commit).
 *
 * A store reads the state inside its transaction, calls `planGroup`, and writes the whole plan or nothing (A1). All adapters use this
 * function, so their rules are the same. A refused placement never affects the others. `group-commits.ts` makes the commits.
 */
import type { CanvasId, CommitId, Epoch, PainterId, PlacementId, Position, TileNumber } from './brand.ts'
import { asCommitId } from './brand.ts'
import type { Canvas } from './canvas.ts'
import { type ChargeState, type Charges, newPainterCharges, showCharges } from './charges.ts'
import { type Commit, type CommitKind, placementId } from './commit.ts'
import { decide, type WantedPixel } from './decide.ts'
import { isGone } from './erasing.ts'
import { createGroupCommits, type OpenCommit, type PixelWrite } from './group-commits.ts'
import type { Painter } from './painter.ts'
import type { PixelEntry } from './pixel-fold.ts'
import { createUndoPlanner, type StoredPlacement, type UndoneOutcome, type UndoOutcome, type UndoRequest } from './plan-undo.ts'
import type { Refusal } from './refusal.ts'

export interface PlaceRequest {
  readonly painter: Pick<Painter, 'id' | 'createdAtMs'>
  readonly canvas: CanvasId
  /** One for a placement, up to 256 for a batch, and up to `maxCommitPixels` for a part of a picture. */
  readonly pixels: readonly WantedPixel[]
  readonly cause: CommitKind
  /** A picture or another action of an operator. It takes no charge, and the outcome has only the count and the refusals. */
  readonly byOperator?: boolean
  /** The address budget; absent if there is no limit. */
  readonly allowance?: Allowance
  /** `fingerprint` is a hash of the parsed body. The same key with another fingerprint is refused. */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string }
}

/** Requests with the same `key` share these pixels. Further pixels are refused, unless there is another reason to refuse them. */
export interface Allowance {
  readonly key: string
  readonly pixels: number
  readonly retryAfterMs: number
}

/** An accepted pixel, as in the 201. */
export interface Placement {
  readonly id: PlacementId
  readonly canvas: CanvasId
  readonly gx: number
  readonly gy: number
  readonly color: number
  readonly tile: TileNumber
  readonly atMs: number
  readonly charges: Charges
}

export type PixelOutcome = { ok: true; placement: Placement } | { ok: false; refusal: Refusal }

/** `results` are in the order of the request's pixels. For an operator's request they are the refusals only. */
export type PlaceOutcome = { kind: 'done'; placed: number; results: readonly PixelOutcome[] } | { kind: 'refused'; refusal: Refusal }
export type RequestOutcome = PlaceOutcome | UndoneOutcome

export type GroupRequest = PlaceRequest | UndoRequest
export const isUndo = (request: GroupRequest): request is UndoRequest => 'undo' in request

/** The request and the outcome of an idempotency key. */
export interface IdempotencyRecord {
  readonly fingerprint: string
  /** The canvas and its `origin`. A board that was started over, or created again, has no earlier outcomes. */
  readonly canvas?: CanvasId
  readonly origin?: Epoch
  readonly outcome: Extract<RequestOutcome, { kind: 'done' | 'undone' }>
}

/** The state that an adapter has read from the store. */
export interface GroupState {
  readonly nowMs: number
  /** The time of the charge clock, if it differs from `nowMs`. */
  readonly chargesNowMs?: number
  canvas(id: CanvasId): Canvas | null
  charges(painter: PainterId, canvas: CanvasId): ChargeState | null
  pixel(canvas: CanvasId, tile: TileNumber, position: Position): { color: number; atMs: number } | null
  idempotencyRecord(painter: PainterId, key: string): IdempotencyRecord | null
  /** Null when the outbox has no such placement. For undos, as is `history`. */
  placement(id: PlacementId): StoredPlacement | null
  /** The entries of a pixel, newest first, to iterate over more than once. Null when some of them cannot be read now. */
  history(pixel: { canvas: CanvasId; tile: TileNumber; position: Position }): Iterable<PixelEntry> | null
}

export interface PlannedRecord {
  readonly painter: PainterId
  readonly key: string
  readonly value: IdempotencyRecord
  /** A record of an erased board has this key. */
  readonly replaces: boolean
}

export interface GroupPlan {
  /** One for each request, in order. */
  readonly outcomes: readonly RequestOutcome[]
  /** Their ids are `<group id>-<n>` with n = 0, 1, 2 … in base 36. */
  readonly commits: readonly Commit[]
  /** The last write of each pixel. */
  readonly pixels: readonly PixelWrite[]
  readonly charges: readonly { painter: PainterId; canvas: CanvasId; state: ChargeState }[]
  readonly idempotencyRecords: readonly PlannedRecord[]
}

/** The first commit of a group exists exactly if the group's transaction was saved. */
export const firstCommitId = (groupId: string): CommitId => asCommitId(`${groupId}-0`)

interface Draft {
  readonly commit: OpenCommit
  readonly index: number
  readonly gx: number
  readonly gy: number
  readonly color: number
  readonly charges: Charges
}

type DraftResult = { ok: true; draft: Draft } | { ok: false; refusal: Refusal }

/** `same`: the outcome of the request with this index. */
type DraftOutcome =
  | { kind: 'done'; placed: number; results: DraftResult[] }
  | Extract<RequestOutcome, { kind: 'refused' }>
  | { kind: 'replay'; of: IdempotencyRecord['outcome'] }
  | { kind: 'undone'; results: (() => UndoOutcome)[] }
  | { kind: 'same'; as: number }

const allowanceSpent = ({ retryAfterMs }: Allowance): Refusal => ({
  code: 'rate_limited',
  detail: 'The painters of this address have painted as much as they may together. Wait a moment.',
  retryAfterMs,
})

const startsOver = ({ id }: Canvas): Refusal => ({
  code: 'canvas_paused',
  detail: `The canvas "${id}" is being started over. Painting continues when it is empty.`,
})

export const planGroup = (groupId: string, requests: readonly GroupRequest[], state: GroupState): GroupPlan => {
  const pixels = createPixelPlacer(groupId, state)
  const keysHere = new Map<string, UsedKey>()

  const drafts = requests.map((request, index): DraftOutcome => {
    if (isUndo(request)) return { kind: 'undone', results: pixels.undo(request) }
    const canvas = state.canvas(request.canvas)
    if (isGone(canvas)) {
      return { kind: 'refused', refusal: { code: 'canvas_not_found', detail: `There is no canvas "${request.canvas}".` } }
    }
    if (canvas.erasing) return { kind: 'refused', refusal: startsOver(canvas) }
    const stored = storedRecord(request, state)
    const isErased = stored !== null && stored.canvas === canvas.id && stored.origin !== canvas.origin
    const earlier = earlierOutcome(request, keysHere, isErased ? null : stored)
    if (earlier) return earlier
    const results = request.pixels.map((wanted) => pixels.place(request, canvas, wanted))
    const placed = results.filter((result) => result.ok).length
    if (request.idempotency && placed > 0) {
      const { key, fingerprint } = request.idempotency
      keysHere.set(`${request.painter.id}/${key}`, {
        painter: request.painter.id,
        key,
        fingerprint,
        request: index,
        canvas,
        replaces: isErased,
      })
    }
    return { kind: 'done', placed, results: request.byOperator ? results.filter((result) => !result.ok) : results }
  })

  const plan = pixels.finish()
  const outcomes: RequestOutcome[] = []
  for (const draft of drafts) {
    const outcome = draft.kind === 'same' ? outcomes[draft.as] : finish(draft)
    if (outcome) outcomes.push(outcome)
  }
  const idempotencyRecords = [...keysHere.values()].flatMap(({ painter, key, fingerprint, request, canvas, replaces }) => {
    const outcome = outcomes[request]
    if (outcome?.kind !== 'done') return []
    const { id, origin } = canvas
    return [{ painter, key, value: { fingerprint, canvas: id, ...(origin && { origin }), outcome }, replaces }]
  })
  return { outcomes, ...plan, idempotencyRecords: [...idempotencyRecords, ...pixels.undoRecords()] }
}

/** An idempotency key of this group, with the index of its request. */
interface UsedKey {
  readonly painter: PainterId
  readonly key: string
  readonly fingerprint: string
  readonly request: number
  readonly canvas: Canvas
  readonly replaces: boolean
}

const storedRecord = ({ painter, idempotency }: PlaceRequest, state: GroupState) =>
  idempotency ? state.idempotencyRecord(painter.id, idempotency.key) : null

/** The outcome of a request whose key was used before, in this group or in an earlier one; null for a new key. */
const earlierOutcome = (
  { painter, idempotency }: PlaceRequest,
  keysHere: ReadonlyMap<string, UsedKey>,
  stored: IdempotencyRecord | null,
): DraftOutcome | null => {
  if (!idempotency) return null
  const { key, fingerprint } = idempotency
  const here = keysHere.get(`${painter.id}/${key}`)
  const before = here ?? stored
  if (!before) return null
  if (before.fingerprint !== fingerprint) {
    const detail = 'This Idempotency-Key was used for another request. Use a new one for each placement.'
    return { kind: 'refused', refusal: { code: 'idempotency_key_reused', detail } }
  }
  return 'outcome' in before ? { kind: 'replay', of: before.outcome } : { kind: 'same', as: before.request }
}

/** Decides pixel by pixel. Each decision uses the charges and the address budget that the pixels before have left. */
const createPixelPlacer = (groupId: string, state: GroupState) => {
  const { nowMs, chargesNowMs = nowMs } = state
  const commits = createGroupCommits({ groupId, nowMs, storedPixel: (...pixel) => state.pixel(...pixel) })
  const charges = createChargeBook(state)
  const undos = createUndoPlanner({ state, commits, charges })
  const painted = new Map<string, number>()

  return {
    place(request: PlaceRequest, canvas: Canvas, wanted: WantedPixel): DraftResult {
      const { painter, allowance, byOperator = false } = request
      const before = charges.get(painter.id, canvas.id)
      const decision = decide({ canvas, painter, charges: before, pixel: wanted, nowMs: chargesNowMs, byOperator })
      if (!decision.ok) return decision
      if (allowance) {
        const already = painted.get(allowance.key) ?? 0
        if (already >= allowance.pixels) return { ok: false, refusal: allowanceSpent(allowance) }
        painted.set(allowance.key, already + 1)
      }
      if (decision.charges) charges.set(painter.id, canvas.id, { ...decision.charges, ...(before?.undone && { undone: before.undone }) })
      const { color } = decision
      const { commit, index } = commits.add({ canvas, point: wanted, color, by: painter.id, cause: request.cause })
      const left = decision.charges ?? before ?? newPainterCharges(canvas, painter.createdAtMs, chargesNowMs)
      const shown = showCharges(canvas, left, chargesNowMs, nowMs)
      return { ok: true, draft: { commit, index, gx: wanted.gx, gy: wanted.gy, color, charges: shown } }
    },
    undo: undos.undo,
    undoRecords: undos.records,
    finish: () => ({ ...commits.finish(), charges: charges.changed() }),
  }
}

const createChargeBook = (state: GroupState) => {
  const changed = new Map<string, GroupPlan['charges'][number]>()
  return {
    get: (painter: PainterId, canvas: CanvasId) => changed.get(`${painter}/${canvas}`)?.state ?? state.charges(painter, canvas),
    set: (painter: PainterId, canvas: CanvasId, next: ChargeState) =>
      void changed.set(`${painter}/${canvas}`, { painter, canvas, state: next }),
    changed: () => [...changed.values()],
  }
}

const finish = (draft: Exclude<DraftOutcome, { kind: 'same' }>): RequestOutcome => {
  switch (draft.kind) {
    case 'refused':
      return draft
    case 'replay':
      return draft.of
    case 'undone':
      return { kind: 'undone', results: draft.results.map((result) => result()) }
    case 'done':
      return {
        kind: 'done',
        placed: draft.placed,
        results: draft.results.map((result) => (result.ok ? { ok: true, placement: placementOf(result.draft) } : result)),
      }
  }
}

const placementOf = ({ commit, index, gx, gy, color, charges }: Draft): Placement => ({
  id: placementId(commit.id, index),
  canvas: commit.canvas,
  gx,
  gy,
  color,
  tile: commit.tile,
  atMs: commit.atMs,
  charges,
})
