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
  const { canvas, epoch, gx, gy, color } = parsed.value
  return { ok: true, value: { canvas, pixel: { gx, gy, color, ...ofEpoch(epoch) } } }
}

export const parseBatchBody = (body: unknown): Parsed<BatchBody> => {
  const parsed = parse(batchSchema, body)
  if (!parsed.ok) return parsed
  const { canvas, epoch, pixels } = parsed.value
  const parsePixel = (pixel: unknown, index: number): Parsed<WantedPixel> => {
    const one = parse(pixelSchema, pixel, `pixels.${index}`)
    return one.ok ? { ok: true, value: { ...one.value, ...ofEpoch(epoch) } } : one
  }
  return { ok: true, value: { canvas, pixels: pixels.map(parsePixel) } }
}

const ofEpoch = (epoch: string | undefined) => (epoch === undefined ? null : { epoch })

/** A key is optional: undefined and null mean none. */
export const parseIdempotencyKey = (key: unknown): Parsed<string | null> =>
  key === undefined || key === null ? { ok: true, value: null } : parse(idempotencyKeySchema, key, 'Idempotency-Key')
