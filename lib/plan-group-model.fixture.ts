/** A minimal store for tests of `planGroup`. It applies plans and is the state of the next group. */
import { asCanvasId, type PlacementId } from './brand.ts'
import { canvasOf } from './canvas.fixture.ts'
import type { Canvas } from './canvas.ts'
import type { ChargeState } from './charges.ts'
import { type Commit, placementId } from './commit.ts'
import type { PixelEntry } from './pixel-fold.ts'
import {
  type GroupPlan,
  type GroupRequest,
  type GroupState,
  type IdempotencyRecord,
  type PixelOutcome,
  planGroup,
  type RequestOutcome,
} from './plan-group.ts'
import type { StoredPlacement } from './plan-undo.ts'

export interface ModelPixel {
  readonly color: number
  readonly atMs: number
}

export class GroupModel {
  readonly pixels = new Map<string, ModelPixel>()
  readonly charges = new Map<string, ChargeState>()
  readonly idempotencyRecords = new Map<string, IdempotencyRecord>()
  readonly #canvases: readonly Canvas[]
  readonly #placements = new Map<PlacementId, StoredPlacement>()
  /** Newest first. */
  readonly #histories = new Map<string, readonly PixelEntry[]>()
  #groups = 0

  constructor(canvases: readonly Canvas[]) {
    this.#canvases = canvases
  }

  state(nowMs: number): GroupState {
    return {
      nowMs,
      canvas: (id) => this.#canvases.find((canvas) => canvas.id === id) ?? null,
      charges: (painter, canvas) => this.charges.get(`${painter} ${canvas}`) ?? null,
      pixel: (...name) => this.pixels.get(name.join(' ')) ?? null,
      idempotencyRecord: (painter, key) => this.idempotencyRecords.get(`${painter} ${key}`) ?? null,
      placement: (id) => this.#placements.get(id) ?? null,
      history: ({ canvas, tile, position }) => this.#histories.get(`${canvas} ${tile} ${position}`) ?? [],
    }
  }

  place(requests: readonly GroupRequest[], nowMs: number): GroupPlan {
    const plan = planGroup(`group${String(this.#groups++).padStart(3, '0')}`, requests, this.state(nowMs))
    for (const { canvas, tile, position, color, atMs } of plan.pixels) this.pixels.set(`${canvas} ${tile} ${position}`, { color, atMs })
    for (const commit of inLogOrder(plan.commits)) this.#log(commit)
    for (const { painter, canvas, state } of plan.charges) this.charges.set(`${painter} ${canvas}`, state)
    for (const { painter, key, value } of plan.idempotencyRecords) this.idempotencyRecords.set(`${painter} ${key}`, value)
    return plan
  }

  #log({ id, canvas, epoch, tile, atMs, cause, pixels }: Commit) {
    for (const [index, { position, color, previous, by, undoes }] of pixels.entries()) {
      this.#placements.set(placementId(id, index), { canvas, epoch, tile, position, atMs, cause, by, color, previous })
      const name = `${canvas} ${tile} ${position}`
      const entry = { atMs, color, previous, by, cause, undoesAtMs: undoes?.atMs ?? null }
      this.#histories.set(name, [entry, ...(this.#histories.get(name) ?? [])])
    }
  }

  colors() {
    return new Map([...this.pixels].map(([name, { color }]) => [name, color]))
  }
}

/** The order in which the sequencer assigns seqs. */
export const inLogOrder = (commits: readonly Commit[]) => commits.toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1))

export const slow = canvasOf()
export const free = canvasOf({ id: asCanvasId('free'), cooldownMs: 0, background: 2, width: 70, height: 130 })
const paused = canvasOf({ id: asCanvasId('paused'), state: 'paused' })
export const canvases = [slow, free, paused]

export const accepted = (outcome: RequestOutcome | undefined) =>
  outcome?.kind === 'done' ? outcome.results.flatMap((result) => (result.ok ? [result.placement] : [])) : []
export const codeOf = (outcome: RequestOutcome | undefined) => (outcome?.kind === 'refused' ? outcome.refusal.code : outcome?.kind)
export const codesOf = (results: readonly PixelOutcome[]) => results.map((result) => (result.ok ? 'accepted' : result.refusal.code))
