/** Parses the body of a placement from HTTP and sockets. Unknown keys are dropped. */
import type { WantedPixel } from '../../lib/decide.ts'
import { type Parsed, parse } from '../parse.ts'
import { batchSchema, idempotencyKeySchema, pixelSchema, placeSchema } from './place-schemas.ts'

export interface PlaceBody {
  readonly canvas: string
  readonly pixel: WantedPixel
}

export interface BatchBody {
  readonly canvas: string
  /** In the order of the request. A malformed pixel is a refusal. */
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

/** A key is optional: undefined and null mean none. */
export const parseIdempotencyKey = (key: unknown): Parsed<string | null> =>
  key === undefined || key === null ? { ok: true, value: null } : parse(idempotencyKeySchema, key, 'Idempotency-Key')
