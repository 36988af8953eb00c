/**
 * The body of a placement, as HTTP and sockets send it: parsed once, here, into what the commitQueue understands.
 *
 * Keys that are not ours are dropped, whatever their number and names. Called by the routes and by `placement-use-case.ts`.
 */
import type { WantedPixel } from '../../lib/decide.ts'
import type { Refusal } from '../../lib/refusal.ts'
import { type Parsed, parse } from '../parse.ts'
import { batchSchema, idempotencyKeySchema, pixelSchema, placeSchema } from './place-schemas.ts'

export interface PlaceBody {
  readonly canvas: string
  readonly pixel: WantedPixel
}

export interface BatchBody {
  readonly canvas: string
  /** In the order of the request; a pixel that is none has its refusal in its place. */
  readonly pixels: readonly Parsed<WantedPixel>[]
}

export const parsePlaceBody = (body: unknown): Parsed<PlaceBody> => {
  const parsed = parse(placeSchema, body)
  if (!parsed.ok) return parsed
  const { canvas, gx, gy, color } = parsed.value
  return { ok: true, value: { canvas, pixel: { gx, gy, color } } }
}

export const parseBatchBody = (body: unknown): Parsed<BatchBody> => {
  const parsed = parse(batchSchema, body)
  if (!parsed.ok) return parsed
  const { canvas, pixels } = parsed.value
  return { ok: true, value: { canvas, pixels: pixels.map((pixel, index) => parse(pixelSchema, pixel, `pixels.${index}`)) } }
}

export type KeyParsed = { ok: true; key: string | null } | { ok: false; refusal: Refusal }

/** Absent (undefined or null) is fine: then nothing is remembered. */
export const parseIdempotencyKey = (key: unknown): KeyParsed => {
  if (key === undefined || key === null) return { ok: true, key: null }
  const parsed = parse(idempotencyKeySchema, key, 'Idempotency-Key')
  return parsed.ok ? { ok: true, key: parsed.value } : parsed
}
