/**
 * How placements that arrive together become commits.
 *
 * A store gathers the placements that arrived while its previous transaction was in flight (group commit), reads what they
 * need, calls `planGroup`, and writes the plan: all of it or nothing (A1). Every adapter uses this one function, inside its
 * transaction, so the rules are the same on all of them. One bad placement is refused alone and never fails its neighbours.
 *
 * A commit sets no pixel twice, so a pixel that the group sets three times makes three commits, each later than the one
 * before by the hybrid clock; everything that does not collide stays in the first.
 */
import type { CanvasId, CommitId, PainterId, PlacementId, Position, TileNumber } from './brand.ts'
import { asCommitId } from './brand.ts'
import type { Canvas } from './canvas.ts'
import { type Charges, type ChargeState, newcomerCharges, showCharges, unlimited } from './charges.ts'
import { hybridAt } from './clock.ts'
import { type Cause, type Commit, type CommitPixel, maxCommitPixels, placementId } from './commit.ts'
import { decide, type WantedPixel } from './decide.ts'
import { positionOf, tileOf } from './geometry.ts'
import type { Painter } from './painter.ts'
import type { Refusal } from './refusal.ts'

export interface PlaceRequest {
  readonly painter: Painter
  readonly canvas: CanvasId
  /** One for a placement, up to 256 for a batch, up to `maxCommitPixels` for a part of a picture. */
  readonly pixels: readonly WantedPixel[]
  readonly cause: Cause
  /** Pictures and other acts of an operator: no charge, also while paused, and only counted in the answer. */
  readonly byOperator?: boolean
  /** `fingerprint` stands for the parsed body: the same key with another one is refused. */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string }
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

export type RequestOutcome =
  /** `results` in the order of the request's pixels; empty for an operator's, which is only counted. */
  | { kind: 'done'; placed: number; results: readonly PixelOutcome[] }
  | { kind: 'refused'; refusal: Refusal }

/** What a key was used for, and what was answered. */
export interface Remembered {
  readonly fingerprint: string
  readonly outcome: Extract<RequestOutcome, { kind: 'done' }>
}

/** What the store holds now; each is asked for at most once per name by an adapter that reads ahead. */
export interface GroupState {
  readonly nowMs: number
  canvas(id: CanvasId): Canvas | null
  charges(painter: PainterId, canvas: CanvasId): ChargeState | null
  pixel(canvas: CanvasId, tile: TileNumber, position: Position): { color: number; atMs: number } | null
  remembered(painter: PainterId, key: string): Remembered | null
}

export interface PixelWrite {
  readonly canvas: CanvasId
  readonly tile: TileNumber
  readonly position: Position
  readonly color: number
  readonly by: PainterId
  readonly atMs: number
}

export interface GroupPlan {
  /** One per request, in order. */
  readonly outcomes: readonly RequestOutcome[]
  /** Ids are `<group id>-<n>` with n = 0, 1, 2 …, so looking up the first tells whether the transaction was saved. */
  readonly commits: readonly Commit[]
  /** The last write of each pixel. */
  readonly pixels: readonly PixelWrite[]
  readonly charges: readonly { painter: PainterId; canvas: CanvasId; state: ChargeState }[]
  readonly remembered: readonly { painter: PainterId; key: string; value: Remembered }[]
}

/** The id of the first commit of a group: there after the transaction exactly when it was saved. */
export const firstCommitId = (groupId: string): CommitId => asCommitId(`${groupId}-0`)

interface OpenCommit {
  readonly id: CommitId
  readonly canvas: Canvas
  readonly tile: TileNumber
  readonly cause: Cause
  readonly pixels: CommitPixel[]
  atMs: number
}

interface OpenPixel {
  commit: OpenCommit
  /** The index of the commit in its tile's list: the pixel's next write goes into a later one. */
  layer: number
  color: number
}

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

export const planGroup = (groupId: string, requests: readonly PlaceRequest[], state: GroupState): GroupPlan => {
  const { nowMs } = state
  const commits: OpenCommit[] = []
  const tiles = new Map<string, OpenCommit[]>()
  const openPixels = new Map<string, OpenPixel>()
  const chargeStates = new Map<string, { painter: PainterId; canvas: CanvasId; state: ChargeState }>()
  const keysHere = new Map<string, { fingerprint: string; request: number }>()

  const write = (request: PlaceRequest, canvas: Canvas, wanted: WantedPixel, color: number) => {
    const tile = tileOf(canvas.tileSize, wanted)
    const position = positionOf(canvas.tileSize, wanted)
    const tileKey = `${canvas.id}/${tile}`
    const pixelKey = `${tileKey}/${position}`
    const before = openPixels.get(pixelKey)
    const layers = tiles.get(tileKey) ?? []
    if (layers.length === 0) tiles.set(tileKey, layers)
    let layer = before ? before.layer + 1 : 0
    while (layer < layers.length && !hasRoom(layers[layer], request.cause)) layer++
    let commit = layers[layer]
    if (!commit) {
      commit = {
        id: asCommitId(`${groupId}-${commits.length.toString(36)}`),
        canvas,
        tile,
        cause: request.cause,
        pixels: [],
        atMs: nowMs,
      }
      layers.push(commit)
      commits.push(commit)
    }
    const stored = before ? null : state.pixel(canvas.id, tile, position)
    // A later commit's time must exceed the final time of the one whose pixel it overwrites. Earlier layers may still be
    // raised, so in-group times are settled below, in layer order.
    commit.atMs = hybridAt(commit.atMs, stored?.atMs ?? null)
    const index = commit.pixels.length
    commit.pixels.push({
      position,
      color,
      previous: before?.color ?? stored?.color ?? canvas.background,
      by: request.painter.id,
    })
    openPixels.set(pixelKey, { commit, layer, color })
    return { commit, index }
  }

  const placeOne = (request: PlaceRequest, canvas: Canvas, wanted: WantedPixel) => {
    const chargeKey = `${request.painter.id}/${canvas.id}`
    const charges = chargeStates.get(chargeKey)?.state ?? state.charges(request.painter.id, canvas.id)
    const decision = decide({
      canvas,
      painter: request.painter,
      charges,
      pixel: wanted,
      nowMs,
      ...(request.byOperator ? { byOperator: true } : {}),
    })
    if (!decision.ok) return decision
    if (decision.charges) {
      chargeStates.set(chargeKey, { painter: request.painter.id, canvas: canvas.id, state: decision.charges })
    }
    const { commit, index } = write(request, canvas, wanted, decision.color)
    const shown = decision.charges ? showCharges(canvas, decision.charges, nowMs) : chargesNow(request, canvas, charges, nowMs)
    return { ok: true as const, draft: { commit, index, gx: wanted.gx, gy: wanted.gy, color: decision.color, charges: shown } }
  }

  const drafts = requests.map((request, index): DraftOutcome => {
    const canvas = state.canvas(request.canvas)
    if (!canvas) {
      return { kind: 'refused', refusal: { code: 'canvas_not_found', detail: `There is no canvas "${request.canvas}".` } }
    }
    if (request.idempotency) {
      const { key, fingerprint } = request.idempotency
      const here = keysHere.get(`${request.painter.id}/${key}`)
      const before = here ?? state.remembered(request.painter.id, key)
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

  settleTimes(tiles)
  const outcomes: RequestOutcome[] = []
  for (const draft of drafts) {
    const finished = draft.kind === 'same' ? outcomes[draft.as] : finish(draft)
    if (finished) outcomes.push(finished)
  }

  return {
    outcomes,
    commits: commits.map(({ id, canvas, tile, cause, pixels, atMs }) => ({
      id,
      canvas: canvas.id,
      epoch: canvas.epoch,
      tile,
      cause,
      pixels,
      atMs,
    })),
    pixels: lastWrites(openPixels, tiles),
    charges: [...chargeStates.values()],
    remembered: [...keysHere].flatMap(([name, { fingerprint, request }]) => {
      const outcome = outcomes[request]
      const painter = requests[request]?.painter.id
      if (outcome?.kind !== 'done' || !painter) return []
      return [{ painter, key: name.slice(painter.length + 1), value: { fingerprint, outcome } }]
    }),
  }
}

const hasRoom = (commit: OpenCommit | undefined, cause: Cause) =>
  commit !== undefined && commit.cause === cause && commit.pixels.length < maxCommitPixels

const chargesNow = (request: PlaceRequest, canvas: Canvas, charges: ChargeState | null, nowMs: number) =>
  canvas.cooldownMs === 0
    ? unlimited
    : showCharges(canvas, charges ?? newcomerCharges(canvas, request.painter.createdAtMs), nowMs)

/**
 * Raises the times of a tile's later layers above those of the earlier ones that they overwrite. The layers of a tile are
 * a list in which a pixel's next write always stands further back, so one pass from the front is enough. It raises every
 * later layer, also one that overwrites nothing of the layer before: simpler, still right, and at most a millisecond each.
 */
const settleTimes = (tiles: Map<string, OpenCommit[]>) => {
  for (const layers of tiles.values()) {
    let previous: OpenCommit | undefined
    for (const layer of layers) {
      layer.atMs = hybridAt(layer.atMs, previous?.atMs ?? null)
      previous = layer
    }
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
  canvas: commit.canvas.id,
  gx,
  gy,
  color,
  tile: commit.tile,
  atMs: commit.atMs,
  charges,
})

/** The rows that the pixels table ends with: for each pixel the write of its last layer. */
const lastWrites = (openPixels: Map<string, OpenPixel>, tiles: Map<string, OpenCommit[]>): PixelWrite[] => {
  const writes: PixelWrite[] = []
  for (const [tileKey, layers] of tiles) {
    for (const [layer, commit] of layers.entries()) {
      for (const { position, color, by } of commit.pixels) {
        if (openPixels.get(`${tileKey}/${position}`)?.layer !== layer) continue
        writes.push({ canvas: commit.canvas.id, tile: commit.tile, position, color, by, atMs: commit.atMs })
      }
    }
  }
  return writes
}
