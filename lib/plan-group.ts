/**
 * How placements that arrive together become commits.
 *
 * A store gathers the placements that arrived while its previous transaction was in flight (group commit), reads what they
 * need, calls `planGroup`, and writes the plan: all of it or nothing (A1). Every adapter uses this one function, inside its
 * transaction, so the rules are the same on all of them. One bad placement is refused alone and never fails its neighbours.
 *
 * How the accepted pixels become commits is told in `group-commits.ts`.
 */
import type { CanvasId, CommitId, PainterId, PlacementId, Position, TileNumber } from './brand.ts'
import { asCommitId } from './brand.ts'
import type { Canvas } from './canvas.ts'
import { type ChargeState, type Charges, newcomerCharges, showCharges } from './charges.ts'
import { type Commit, type CommitKind, placementId } from './commit.ts'
import { decide, type WantedPixel } from './decide.ts'
import { createGroupCommits, type OpenCommit, type PixelWrite } from './group-commits.ts'
import type { Painter } from './painter.ts'
import type { Refusal } from './refusal.ts'

export interface PlaceRequest {
  readonly painter: Pick<Painter, 'id' | 'createdAtMs'>
  readonly canvas: CanvasId
  /** One for a placement, up to 256 for a batch, up to `maxCommitPixels` for a part of a picture. */
  readonly pixels: readonly WantedPixel[]
  readonly cause: CommitKind
  /** Pictures and other acts of an operator: no charge, whatever the canvas's state, and only counted in the answer. */
  readonly byOperator?: boolean
  /** What the painters of its address may still paint together; left out: as much as they like. */
  readonly allowance?: Allowance
  /** `fingerprint` stands for the parsed body: the same key with another one is refused. */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string }
}

/** Requests of one `key` share it. Pixels beyond it are refused, unless they are refused for another reason. */
export interface Allowance {
  readonly key: string
  readonly pixels: number
  readonly retryAfterMs: number
}

/** An accepted pixel, as the 201 tells it. */
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

/** `results` are in the order of the request's pixels; of an operator's request, which is only counted, they are its refusals. */
export type RequestOutcome = { kind: 'done'; placed: number; results: readonly PixelOutcome[] } | { kind: 'refused'; refusal: Refusal }

/** What a key was used for, and what was answered. */
export interface IdempotencyRecord {
  readonly fingerprint: string
  readonly outcome: Extract<RequestOutcome, { kind: 'done' }>
}

/** What the store holds now; each is asked for at most once per name by an adapter that reads ahead. */
export interface GroupState {
  readonly nowMs: number
  /** The time by which charges grow; left out: `nowMs`. */
  readonly chargesNowMs?: number
  canvas(id: CanvasId): Canvas | null
  charges(painter: PainterId, canvas: CanvasId): ChargeState | null
  pixel(canvas: CanvasId, tile: TileNumber, position: Position): { color: number; atMs: number } | null
  idempotencyRecord(painter: PainterId, key: string): IdempotencyRecord | null
}

export interface GroupPlan {
  /** One per request, in order. */
  readonly outcomes: readonly RequestOutcome[]
  /** Ids are `<group id>-<n>` with n = 0, 1, 2 …, so looking up the first tells whether the transaction was saved. */
  readonly commits: readonly Commit[]
  /** The last write of each pixel. */
  readonly pixels: readonly PixelWrite[]
  readonly charges: readonly { painter: PainterId; canvas: CanvasId; state: ChargeState }[]
  readonly idempotencyRecords: readonly { painter: PainterId; key: string; value: IdempotencyRecord }[]
}

/** The id of the first commit of a group: there after the transaction exactly when it was saved. */
export const firstCommitId = (groupId: string): CommitId => asCommitId(`${groupId}-0`)

interface Draft {
  readonly commit: OpenCommit
  readonly index: number
  readonly gx: number
  readonly gy: number
  readonly color: number
  readonly charges: Charges
}

type DraftOutcome =
  | { kind: 'done'; placed: number; results: ({ ok: true; draft: Draft } | { ok: false; refusal: Refusal })[] }
  | Exclude<RequestOutcome, { kind: 'done' }>
  | { kind: 'replay'; of: Extract<RequestOutcome, { kind: 'done' }> }
  | { kind: 'same'; as: number }

const allowanceSpent = ({ retryAfterMs }: Allowance): Refusal => ({
  code: 'rate_limited',
  detail: 'The painters of this address have painted as much as they may together. Wait a moment.',
  retryAfterMs,
})

export const planGroup = (groupId: string, requests: readonly PlaceRequest[], state: GroupState): GroupPlan => {
  const { nowMs, chargesNowMs = nowMs } = state
  const painted = new Map<string, number>()
  const commits = createGroupCommits({ groupId, nowMs, storedPixel: (...pixel) => state.pixel(...pixel) })
  const chargeStates = new Map<string, { painter: PainterId; canvas: CanvasId; state: ChargeState }>()
  const keysHere = new Map<string, { fingerprint: string; request: number }>()

  const placeOne = (request: PlaceRequest, canvas: Canvas, wanted: WantedPixel) => {
    const chargeKey = `${request.painter.id}/${canvas.id}`
    const charges = chargeStates.get(chargeKey)?.state ?? state.charges(request.painter.id, canvas.id)
    const decision = decide({
      canvas,
      painter: request.painter,
      charges,
      pixel: wanted,
      nowMs: chargesNowMs,
      ...(request.byOperator ? { byOperator: true } : {}),
    })
    if (!decision.ok) return decision
    const { allowance } = request
    if (allowance) {
      const before = painted.get(allowance.key) ?? 0
      if (before >= allowance.pixels) return { ok: false as const, refusal: allowanceSpent(allowance) }
      painted.set(allowance.key, before + 1)
    }
    if (decision.charges) {
      chargeStates.set(chargeKey, { painter: request.painter.id, canvas: canvas.id, state: decision.charges })
    }
    const { color } = decision
    const { commit, index } = commits.add({ canvas, point: wanted, color, by: request.painter.id, cause: request.cause })
    const left = decision.charges ?? charges ?? newcomerCharges(canvas, request.painter.createdAtMs, chargesNowMs)
    const shown = showCharges(canvas, left, chargesNowMs, nowMs)
    return { ok: true as const, draft: { commit, index, gx: wanted.gx, gy: wanted.gy, color, charges: shown } }
  }

  const drafts = requests.map((request, index): DraftOutcome => {
    const canvas = state.canvas(request.canvas)
    if (!canvas) {
      return { kind: 'refused', refusal: { code: 'canvas_not_found', detail: `There is no canvas "${request.canvas}".` } }
    }
    if (request.idempotency) {
      const { key, fingerprint } = request.idempotency
      const here = keysHere.get(`${request.painter.id}/${key}`)
      const before = here ?? state.idempotencyRecord(request.painter.id, key)
      if (before && before.fingerprint !== fingerprint) {
        return {
          kind: 'refused',
          refusal: {
            code: 'idempotency_key_reused',
            detail: 'This Idempotency-Key was used for another request. Use a new one for each placement.',
          },
        }
      }
      if (here) return { kind: 'same', as: here.request }
      if (before && 'outcome' in before) return { kind: 'replay', of: before.outcome }
    }
    const results = request.pixels.map((wanted) => placeOne(request, canvas, wanted))
    const placed = results.filter((result) => result.ok).length
    if (request.idempotency && placed > 0) {
      keysHere.set(`${request.painter.id}/${request.idempotency.key}`, {
        fingerprint: request.idempotency.fingerprint,
        request: index,
      })
    }
    return { kind: 'done', placed, results: request.byOperator ? results.filter((result) => !result.ok) : results }
  })

  const finished = commits.finish()
  const outcomes: RequestOutcome[] = []
  for (const draft of drafts) {
    const outcome = draft.kind === 'same' ? outcomes[draft.as] : finish(draft)
    if (outcome) outcomes.push(outcome)
  }

  return {
    outcomes,
    ...finished,
    charges: [...chargeStates.values()],
    idempotencyRecords: [...keysHere].flatMap(([name, { fingerprint, request }]) => {
      const outcome = outcomes[request]
      const painter = requests[request]?.painter.id
      if (outcome?.kind !== 'done' || !painter) return []
      return [{ painter, key: name.slice(painter.length + 1), value: { fingerprint, outcome } }]
    }),
  }
}

const finish = (draft: Exclude<DraftOutcome, { kind: 'same' }>): RequestOutcome => {
  switch (draft.kind) {
    case 'refused':
      return draft
    case 'replay':
      return draft.of
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
