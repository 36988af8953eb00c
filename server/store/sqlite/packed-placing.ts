/**
 * A group of placements on its way to the writer's thread, and its outcomes on their way back: JSON of arrays, which is a third of the text that
 * the objects would be, and is read and written without looking up a name.
 */
import { asCanvasId, asPainterId, asPlacementId, asTile } from '../../../lib/brand.ts'
import { type Charges, unlimited } from '../../../lib/charges.ts'
import type { Cause } from '../../../lib/commit.ts'
import type { WantedPixel } from '../../../lib/decide.ts'
import type { PixelOutcome, Placement, PlaceRequest, RequestOutcome } from '../../../lib/plan-group.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import type { PlacementGroup } from '../port.ts'

/** `gx, gy, color` of each pixel, one after the other. */
type PackedPixels = (number | string)[]
type PackedRequest = [
  painter: string,
  createdAtMs: number,
  canvas: string,
  cause: Cause,
  pixels: PackedPixels,
  byOperator: 0 | 1,
  idempotency: NonNullable<PlaceRequest['idempotency']> | 0,
]
type PackedGroup = [id: string, nowMs: number, requests: PackedRequest[]]

/** `0`: there is no cooldown. */
type PackedCharges = [available: number, max: number, nextChargeAt: string | null, nextChargeInMs: number | null] | 0
type PackedPlacement = [
  id: string,
  canvas: string,
  gx: number,
  gy: number,
  color: number,
  tile: number,
  atMs: number,
  charges: PackedCharges,
]
/** A number of placed pixels and what became of each, or why the whole request was refused. */
type PackedOutcome = [placed: number, results: (PackedPlacement | Refusal)[]] | Refusal

export const packGroup = ({ id, nowMs, requests }: PlacementGroup): string =>
  JSON.stringify([id, nowMs, requests.map(packRequest)] satisfies PackedGroup)

export const unpackGroup = (packed: string): PlacementGroup => {
  const [id, nowMs, requests] = JSON.parse(packed) as PackedGroup
  return { id, nowMs, requests: requests.map(unpackRequest) }
}

export const packOutcomes = (outcomes: readonly RequestOutcome[]): string => JSON.stringify(outcomes.map(packOutcome))

export const unpackOutcomes = (packed: string): RequestOutcome[] => (JSON.parse(packed) as PackedOutcome[]).map(unpackOutcome)

const packRequest = ({ painter, canvas, cause, pixels, byOperator, idempotency }: PlaceRequest): PackedRequest => {
  const packed: PackedPixels = []
  for (const { gx, gy, color } of pixels) packed.push(gx, gy, color)
  return [painter.id, painter.createdAtMs, canvas, cause, packed, byOperator ? 1 : 0, idempotency ?? 0]
}

const unpackRequest = ([id, createdAtMs, canvas, cause, packed, byOperator, idempotency]: PackedRequest): PlaceRequest => {
  const pixels: WantedPixel[] = []
  for (let i = 0; i < packed.length; i += 3) {
    const [gx, gy, color] = packed.slice(i, i + 3) as [number, number, number | string]
    pixels.push({ gx, gy, color })
  }
  return {
    painter: { id: asPainterId(id), createdAtMs },
    canvas: asCanvasId(canvas),
    cause,
    pixels,
    ...(byOperator === 1 && { byOperator: true }),
    ...(idempotency !== 0 && { idempotency }),
  }
}

const packOutcome = (outcome: RequestOutcome): PackedOutcome =>
  outcome.kind === 'refused' ? outcome.refusal : [outcome.placed, outcome.results.map(packResult)]

const unpackOutcome = (packed: PackedOutcome): RequestOutcome =>
  Array.isArray(packed) ? { kind: 'done', placed: packed[0], results: packed[1].map(unpackResult) } : { kind: 'refused', refusal: packed }

const packResult = (result: PixelOutcome): PackedPlacement | Refusal => {
  if (!result.ok) return result.refusal
  const { id, canvas, gx, gy, color, tile, atMs, charges } = result.placement
  return [id, canvas, gx, gy, color, tile, atMs, packCharges(charges)]
}

const unpackResult = (packed: PackedPlacement | Refusal): PixelOutcome =>
  Array.isArray(packed) ? { ok: true, placement: unpackPlacement(packed) } : { ok: false, refusal: packed }

const unpackPlacement = ([id, canvas, gx, gy, color, tile, atMs, charges]: PackedPlacement): Placement => ({
  id: asPlacementId(id),
  canvas: asCanvasId(canvas),
  gx,
  gy,
  color,
  tile: asTile(tile),
  atMs,
  charges: unpackCharges(charges),
})

const packCharges = ({ available, max, nextChargeAt, nextChargeInMs }: Charges): PackedCharges =>
  available === null ? 0 : [available, max, nextChargeAt, nextChargeInMs]

const unpackCharges = (packed: PackedCharges): Charges => {
  if (packed === 0) return unlimited
  const [available, max, nextChargeAt, nextChargeInMs] = packed
  return { available, max, nextChargeAt, nextChargeInMs }
}
