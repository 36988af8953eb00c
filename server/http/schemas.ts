/**
 * What may come in from outside, written once with zod, and how a failed check becomes `invalid_request`.
 *
 * A wrong *type* is a mistake of the program and is refused here; a whole number that is merely out of range is a valid
 * request that the canvas refuses later (`out_of_bounds`), because only the canvas knows its range.
 */
import { z } from 'zod'
import { hexPattern } from '../../lib/palette.ts'
import type { FieldError, Refusal } from '../../lib/refusal.ts'

/** Any whole number that JSON can carry, however large. `-0` becomes 0. */
const whole = z
  .number('must be a whole number')
  .refine(Number.isInteger, 'must be a whole number')
  .transform((value) => value + 0)

const color = z.union([z.string().regex(hexPattern), whole], 'must be #RRGGBB or an index into the palette')

export const pixelSchema = z.object({ gx: whole, gy: whole, color }, 'must be an object with gx, gy and color')

const canvas = z.string('must be the id of a canvas').default('main')

export const placeSchema = z.object({ canvas, gx: whole, gy: whole, color }, 'must be a JSON object')

export const maxBatchPixels = 256

export const batchSchema = z.object(
  {
    canvas,
    /** Each is checked on its own: one bad pixel does not fail its neighbours. */
    pixels: z
      .array(z.unknown(), 'must be a list of pixels')
      .min(1, 'must not be empty')
      .max(maxBatchPixels, `must be at most ${maxBatchPixels} pixels`),
  },
  'must be a JSON object',
)

export const adminSessionSchema = z.object(
  { token: z.string('must be the admin token').optional(), link: z.string('must be the secret of a sign-in link').optional() },
  'must be a JSON object',
)

export const idempotencyKeySchema = z.string('must be a string').regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters')

export type Parsed<Value> = { ok: true; value: Value } | { ok: false; refusal: Refusal }

/** Told about at most; a body with more mistakes than that is not going to be mended one by one. */
const maxErrors = 20

/** `at` is put in front of the paths: the name of the field that `input` came from. */
export const parse = <Schema extends z.ZodType>(schema: Schema, input: unknown, at = ''): Parsed<z.output<Schema>> => {
  const result = schema.safeParse(input)
  if (result.success) return { ok: true, value: result.data }
  const errors = result.error.issues.slice(0, maxErrors).map((issue): FieldError => {
    const path = [...(at === '' ? [] : [at]), ...issue.path.map(String)].join('.')
    return { path, message: issue.message }
  })
  return { ok: false, refusal: invalid(errors) }
}

export const invalid = (errors: readonly FieldError[]): Refusal => ({
  code: 'invalid_request',
  detail: errors.map(({ path, message }) => (path === '' ? `The body ${message}` : `${path} ${message}`)).join('; '),
  errors,
})
